"""What JupyterLab's server is told: how notebooks are saved and exported.

The launcher shows it to JupyterLab (see lab.py), and so does environment.yml, for whoever starts JupyterLab by herself.
"""
import sys
import warnings
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))

from launcher.saving import as_stored   # noqa: E402
from launcher.lab import TEMPLATES      # noqa: E402

c = get_config()    # noqa: F821  (Jupyter provides it)
c.ContentsManager.pre_save_hook = as_stored
# The server reads its settings twice on one manager, and would tell the learner at each start.
warnings.filterwarnings("ignore", "Overriding existing pre_save_hook")
c.HTMLExporter.template_name = "handout"
c.HTMLExporter.extra_template_basedirs = [str(TEMPLATES)]
