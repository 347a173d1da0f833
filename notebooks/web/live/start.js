// The kernel's worker loads this in place of pyodide.js: it starts Pyodide with everything that the course needs, from one archive.
//
// The archive is fetched and unpacked by the browser itself while Python starts, and the large imports are made as soon as the
// kernel answers: a learner who reads a few lines before she runs the first cell does not wait for them.
'use strict';

const SITE_PACKAGES = '/lib/python3.12/site-packages';
const AFTER_START = ['numpy', 'pandas', 'matplotlib.pyplot', 'takeaways', 'takeaways.explore'];
const told = new BroadcastChannel('four-takeaways');
const tell = (stage, why = '') => told.postMessage({ stage, why: String(why) });

self.loadPyodide = async options => {
  try {
    return await startCourse(options);
  } catch (fault) {
    tell('broken', fault.message ?? fault);
    throw fault;
  }
};

async function startCourse(options) {
  tell('loading');
  const place = options.indexURL;
  const { archive, library } = options.course;
  const files = unpacked(new URL(archive.name, place), archive.sha256);
  importScripts(new URL('pyodide.js', place));      // which puts Pyodide's own in place of the function above
  const [pyodide, parts] = await Promise.all([
    self.loadPyodide({ ...options, packages: [], stdLibURL: new URL(library.name, place).href }), files]);
  tell('unpacking');
  const made = new Set();
  for (const [name, content] of parts) {
    const folder = name.slice(0, name.lastIndexOf('/'));
    if (!made.has(folder)) {
      pyodide.FS.mkdirTree(`/${folder}`);
      made.add(folder);
    }
    pyodide.FS.writeFile(`/${name}`, content, { canOwn: true });
  }
  pyodide.FS.symlink('/drive/my_work', '/course/my_work');     // the learner's desk, which the browser keeps
  pyodide.runPython('import importlib; importlib.invalidate_caches()');
  warmUp(pyodide);
  return pyodide;
}

// The files of a tar archive packed by gzip: [[name, content], ...], the whole held against its hash where the browser can do that.
async function unpacked(address, sha256) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address.pathname} is missing (${answer.status})`);
  const packed = await answer.arrayBuffer();
  if (self.crypto?.subtle) {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', packed));
    const found = [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('');
    if (found !== sha256) throw new Error(`${address.pathname} is not whole`);
  }
  const stream = new Response(packed).body.pipeThrough(new DecompressionStream('gzip'));
  return entries(new Uint8Array(await new Response(stream).arrayBuffer()));
}

function entries(bytes) {
  const read = (from, length) => {
    const text = new TextDecoder().decode(bytes.subarray(from, from + length));
    return text.includes('\0') ? text.slice(0, text.indexOf('\0')) : text;
  };
  const found = [];
  for (let at = 0; at + 512 <= bytes.length && bytes[at]; ) {
    const size = parseInt(read(at + 124, 12), 8);
    const prefix = read(at + 345, 155);
    found.push([(prefix ? `${prefix}/` : '') + read(at, 100), bytes.subarray(at + 512, at + 512 + size)]);
    at += 512 * (1 + Math.ceil(size / 512));
  }
  return found;
}

// One import at a time, so that a cell that is run meanwhile comes in between; as if in a cell, by which pandas knows a notebook.
async function warmUp(pyodide) {
  const pause = time => new Promise(done => setTimeout(done, time));
  const modules = pyodide.pyimport('sys').modules;
  for (let tries = 0; !modules.has('pyodide_kernel') && tries < 600; tries++) await pause(100);
  await pause(50);
  // Without a service worker nothing is mounted there: the desk then lasts as long as the page.
  if (!pyodide.FS.analyzePath('/drive').exists) pyodide.FS.mkdirTree('/drive/my_work');
  tell('ready');
  for (const name of AFTER_START) {
    await pause(30);
    try {
      pyodide.runPython(`from IPython import get_ipython\nwith get_ipython().builtin_trap:\n    import ${name}`, { globals: pyodide.toPy({}) });
    } catch (fault) {
      tell('broken', fault.message.trim().split('\n').pop());
      return;
    }
  }
  tell('warm');
}
