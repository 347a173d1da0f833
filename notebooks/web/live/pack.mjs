// Starts the gathered Pyodide in Node and lets pack.py, beside this file, make what the browser loads.
//     node pack.mjs RUNTIME COURSE KERNEL OUT
// RUNTIME: the gathered files. COURSE: a folder with notebooks/takeaways and data. KERNEL: JupyterLite's own wheels. OUT: where to write.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';

const [runtime, course, kernel, out] = process.argv.slice(2).map(name => path.resolve(name));
const { loadPyodide } = await import(pathToFileURL(path.join(runtime, 'pyodide.mjs')));
const env = { HOME: '/home/pyodide', PYTHONHASHSEED: '0' };     // or the list of fonts is in another order each time
const pyodide = await loadPyodide({ indexURL: runtime, lockFileURL: path.join(out, 'pyodide-lock.json'), env });
for (const [place, folder] of Object.entries({ '/runtime': runtime, '/from': course, '/kernel': kernel, '/out': out })) {
  pyodide.FS.mkdirTree(place);
  pyodide.mountNodeFS(place, folder);
}
const here = path.dirname(fileURLToPath(import.meta.url));
pyodide.runPython(fs.readFileSync(path.join(here, 'pack.py'), 'utf8'));
