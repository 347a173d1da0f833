"""What JupyterLab's server is told when the launcher starts it (see lab.py): how notebooks are saved and exported."""
from launcher.saving import as_stored
from launcher.lab import TEMPLATES

c = get_config()    # noqa: F821  (Jupyter provides it)
c.ContentsManager.pre_save_hook = as_stored
c.HTMLExporter.template_name = "handout"
c.HTMLExporter.extra_template_basedirs = [str(TEMPLATES)]
