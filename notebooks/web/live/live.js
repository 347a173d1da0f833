// The bar over every live lesson: the way to the pages, her work as one file, a fresh start, and what Python is doing.
'use strict';
(() => {
  const ROOT = new URL('.', document.currentScript.src);                 // the folder live/
  const PATH = new URLSearchParams(location.search).get('path') ?? '';
  const NAME = PATH.split('/').pop();
  const DESK = 'my_work';
  const LAID = `four-takeaways editions ${ROOT.pathname}`;
  const STAGES = {
    loading: 'Python is loading; the first time that takes a while …', unpacking: 'Python is starting …',
    ready: 'Ready: run a cell with Shift+Enter.', warm: 'Ready: run a cell with Shift+Enter.',
  };
  const make = (tag, properties = {}, ...inside) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...inside);
    return element;
  };

  // Among her files JupyterLab would write the folder that is open into the address, and a reload ask the host for a page of that name.
  if (/\/tree\/[^/]*$/.test(location.pathname)) history.pushState = history.replaceState = () => {};

  // --- the bar --------------------------------------------------------------------------------------------------------
  const status = make('span', { id: 'course-status', role: 'status' }, 'Opening …');
  const lessons = make('select', { id: 'course-lessons', ariaLabel: 'Lesson' });
  const page = make('a', { className: 'course-button', href: new URL(`../${/^0\d_\w+/.exec(NAME)?.[0] ?? 'index'}.html`, ROOT) }, 'Read');
  const bar = make('header', { id: 'course-bar' },
    make('a', { id: 'course-home', href: new URL('../index.html', ROOT) }, 'Four Takeaways'), lessons, page,
    make('a', { className: 'course-button', href: new URL('tree/index.html', ROOT) }, 'My files'),
    make('button', { type: 'button', onclick: () => downloadWork() }, 'Download my work'),
    make('button', { type: 'button', onclick: () => afresh.showModal() }, 'Start afresh'), status);
  const notes = make('div', { id: 'course-notes', role: 'alert' });
  const afresh = make('dialog', { id: 'course-afresh', ariaLabel: 'Start afresh' },
    make('h2', {}, 'Start afresh'),
    make('p', {}, 'This lesson: your copy is kept beside the fresh one, under a name with the time.'),
    make('button', { type: 'button', onclick: () => freshLesson() }, 'A fresh copy of this lesson'),
    make('p', {}, 'Everything: all that you wrote here goes from this browser. Download your work first.'),
    make('button', { type: 'button', onclick: () => downloadWork() }, 'Download my work'),
    make('button', { type: 'button', onclick: () => forgetEverything() }, 'Forget everything here'),
    make('p', {}, make('button', { type: 'button', onclick: () => afresh.close(), autofocus: true }, 'Cancel')));
  document.body.prepend(bar, notes);
  document.body.append(afresh);
  const makeRoom = new ResizeObserver(() => {
    document.documentElement.style.setProperty('--course-top', `${bar.offsetHeight + notes.offsetHeight}px`);
    window.dispatchEvent(new Event('resize'));
  });
  makeRoom.observe(bar);
  makeRoom.observe(notes);

  function note(words, ...links) {
    if ([...notes.children].some(before => before.dataset.words === words)) return;
    const one = make('p', {}, words, ' ', ...links, make('button', { type: 'button', ariaLabel: 'Close', onclick: () => one.remove() }, '×'));
    one.dataset.words = words;
    notes.append(one);
  }
  const link = (words, address) => make('a', { href: address }, words);

  // --- a part that does not come --------------------------------------------------------------------------------------
  // JupyterLab comes in a hundred parts, and stays shut where one does not. Before the lesson is open the page is then loaded again, by
  // itself, at most three times; where that does not help, or she may have written meanwhile, she is told.
  const AGAIN = 'four-takeaways loaded again';
  window.addEventListener('error', ({ target }) => {
    if (!target.src?.startsWith(ROOT.href)) return;
    if (!app() && mayLoadAgain()) return location.reload();
    note(`A part of the lesson did not come (${new URL(target.src).pathname.split('/').pop()}): the connection was lost, or this copy `
      + 'of the course is broken. Reload the page; if that does not help, tell whoever published it. Your work is safe in this browser.',
      readInstead());
  }, true);

  function mayLoadAgain() {
    try {
      const times = Number(sessionStorage.getItem(AGAIN));
      sessionStorage.setItem(AGAIN, times + 1);
      return times < 3;
    } catch {
      return false;       // or it might go on for ever
    }
  }

  // --- what this browser can do ---------------------------------------------------------------------------------------
  const readInstead = () => link('Read the lesson instead.', page.href);
  const isFile = location.protocol === 'file:';
  if (isFile) {
    note('Opened as a file the lesson cannot run, only be read. To run it open it from a web host, or on this computer by: '
      + 'python3 notebooks/web FOLDER --serve', readInstead());
  } else if (typeof WebAssembly !== 'object') {
    note('This browser cannot run Python: it has no WebAssembly, or somebody switched it off.', readInstead());
  } else if (typeof DecompressionStream !== 'function' || typeof BroadcastChannel !== 'function') {
    note('This browser is too old to run Python. Update it, or try another.', readInstead());
  }
  if (!navigator.serviceWorker && !isFile) {
    note('Here Python cannot reach your files (a private window, or a page that is not served by https): keep and recall last only '
      + 'until you leave. Download your work before you do.');
  }
  storageWorks().then(works => works || note('This browser keeps nothing here (a private window, or storage is switched off): '
    + 'download your work before you leave.'));

  function storageWorks() {
    return new Promise(done => {
      try {
        const asked = indexedDB.open('four-takeaways-trial');
        asked.onerror = () => done(false);
        asked.onsuccess = () => { asked.result.close(); done(true); };
      } catch {
        done(false);
      }
    });
  }

  const told = typeof BroadcastChannel === 'function' ? new BroadcastChannel('four-takeaways') : {};
  told.onmessage = ({ data }) => {
    if (data.stage === 'broken') {
      status.textContent = 'Python did not start.';
      note(`This copy of the course is broken, or the connection was lost: ${data.why}. Reload the page; if that does not help, tell `
        + 'whoever published it. Your work is safe in this browser.', readInstead());
    } else if (STAGES[data.stage]) {
      status.textContent = STAGES[data.stage];
      if (data.stage === 'warm') keepForLater();
    }
  };

  // What this page loaded before its service worker was at work is kept too, for a visit without a network.
  performance.setResourceTimingBufferSize(2000);      // there are 234 in a first visit, and 250 are noted
  async function keepForLater() {
    if (!window.caches) return;
    const cache = await caches.open('four-takeaways');
    const loaded = [location.href, ...performance.getEntriesByType('resource').map(entry => entry.name)]
      .filter(address => address.startsWith(ROOT.href) && !/\/api\/(drive|stdin|service)/.test(address));
    for (const address of new Set([...loaded, ...RUNTIME])) {
      if (!await cache.match(address)) await cache.add(address).catch(() => {});
    }
    for (const { url } of await cache.keys()) {
      if (url.startsWith(`${ROOT.href}runtime/`) && !RUNTIME.includes(url)) await cache.delete(url);     // of an earlier edition
    }
    document.documentElement.dataset.courseKept = 'yes';
  }
  let RUNTIME = [];

  // Python waits for an answer to whatever it asks of the learner's files. JupyterLite sends none where the browser refuses, as when
  // its storage is full: then this does, and the service worker makes an error of it, of which `keep` and `check` tell.
  const FULL = 'Your work could not be saved in this browser: its storage is full, or denied. Download your work.';
  function answerWhatFails(manager) {
    const drive = new BroadcastChannel('/sw-api.v1');
    const waiting = new Map();
    drive.onmessage = ({ data: { browsingContextId, data } }) => data?.method ? waiting.set(browsingContextId, data) : waiting.delete(browsingContextId);
    const plain = path => String(path).replace(/^\//, '');
    const folder = path => path.slice(0, path.lastIndexOf('/'));
    const concerns = (path, { method, path: asked }) => path === plain(asked) || (method === 'mknod' && path === plain(folder(asked)));
    for (const what of ['get', 'save', 'newUntitled', 'rename', 'delete']) {
      const real = manager[what].bind(manager);
      manager[what] = async (...words) => {
        try {
          return await real(...words);
        } catch (fault) {
          await new Promise(done => setTimeout(done));        // until this channel has heard the request too
          for (const [browsingContextId, request] of waiting) {
            if (request.method === 'lookup' || !words.some(word => concerns(plain(word?.path ?? word), request))) continue;
            told.postMessage({ failed: browsingContextId });
          }
          if (what !== 'save' && what !== 'newUntitled') throw fault;
          note(FULL);
          // Under this name JupyterLab opens no window of its own, which would cover the way to her download, again at each try.
          throw Object.assign(new Error(fault.message), { name: 'ModalCancelError' });
        }
      };
    }
  }

  // While a control has the focus its keys are its own: this JupyterLab would else move to another cell, or delete one.
  document.addEventListener('focusin', ({ target }) => {
    if (target.closest('.widget-vbox')) target.setAttribute('data-lm-suppress-shortcuts', 'true');
  });

  // --- her files ------------------------------------------------------------------------------------------------------
  const app = () => window.jupyterapp;
  const panel = () => app()?.shell.currentWidget;
  const contents = () => app().serviceManager.contents;
  const today = () => new Date().toLocaleDateString('sv');                // 2026-11-26

  async function downloadWork() {
    const files = {}, lost = [];
    const folder = await contents().get(DESK, { content: true }).catch(() => ({ content: [] }));    // what is open can still be saved
    for (const { path, type } of folder.content) {
      if (type === 'directory') continue;
      await contents().get(path, { content: true }).then(file => { files[path] = bytesOf(file); }, () => lost.push(path));
    }
    const open = panel()?.context;
    if (open?.model?.toJSON) files[open.path] = new TextEncoder().encode(JSON.stringify(open.model.toJSON(), null, 1));
    const zip = new Blob([fflate.zipSync(files)], { type: 'application/zip' });
    const save = make('a', { href: URL.createObjectURL(zip), download: `my_work ${today()}.zip` });
    save.click();
    setTimeout(() => URL.revokeObjectURL(save.href), 60_000);
    status.textContent = `Downloaded: ${Object.keys(files).length} files. Unpacked in the folder of the course, they go on there.`;
    if (lost.some(path => !files[path])) note(`This browser could not read ${lost.filter(path => !files[path]).join(', ')}: reload the page and try again.`);
  }

  function bytesOf({ content, format }) {
    if (format === 'base64') return Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
    return new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content, null, 1));
  }

  async function freshLesson() {
    const context = panel()?.context;
    if (!NAME.endsWith('.ipynb') || !context) return afresh.close();     // among her files no lesson is open
    const stem = NAME.replace(/\.ipynb$/, '');
    const time = new Date().toLocaleTimeString('sv').slice(0, 5).replace(':', '.');
    await contents().save(`${DESK}/${stem} (mine of ${today()} ${time}).ipynb`, { type: 'notebook', format: 'json', content: context.model.toJSON() });
    context.model.dirty = false;
    await contents().delete(context.path);
    leave(location.href);
  }

  async function forgetEverything() {
    const { content } = await contents().get(DESK, { content: true });
    if (panel()?.context) panel().context.model.dirty = false;
    for (const { path, type } of content) if (type !== 'directory') await contents().delete(path);
    localStorage.removeItem(LAID);
    leave(location.href);
  }

  function leave(address) {
    panel()?.context?.dispose();      // or it would save once more what was just given up
    if (address === location.href) location.reload(); else location.href = address;
  }

  // --- editions -------------------------------------------------------------------------------------------------------
  // As on the desk of the installed course: a newer edition is laid beside a copy that is hers, once, and never over it.
  async function layNewer({ date, lessons: now }) {
    const before = JSON.parse(localStorage.getItem(LAID) ?? '{}');
    for (const [name, { title, edition }] of Object.entries(now)) {
      if (before[name] && before[name] !== edition) {
        const fresh = await (await fetch(new URL(`files/${DESK}/${name}`, ROOT), { cache: 'no-cache' })).json();
        const hers = (await contents().get(`${DESK}/${name}`, { content: true })).content;
        if (written(hers) !== written(fresh)) await layBeside(name, title, date, fresh);
      }
      before[name] = edition;
    }
    localStorage.setItem(LAID, JSON.stringify(before));
  }

  const written = ({ cells }) => JSON.stringify(cells.map(cell => [cell.cell_type, [cell.source].flat().join('')]));

  async function layBeside(name, title, date, fresh) {
    const path = `${DESK}/${name.replace(/\.ipynb$/, '')} (edition of ${date}).ipynb`;
    await contents().save(path, { type: 'notebook', format: 'json', content: fresh });
    note(`Lesson ${name.slice(0, 2)} has a newer edition. It lies beside your own copy, which stays as it is.`, link(`Open it: ${title}`, address(path)));
  }

  // --- the app --------------------------------------------------------------------------------------------------------
  const address = path => `${new URL('notebooks/index.html', ROOT)}?path=${encodeURIComponent(path)}`;

  async function start() {
    const edition = await fetch(new URL('edition.json', ROOT), { cache: 'no-cache' }).then(answer => answer.json());
    RUNTIME = edition.runtime.map(name => new URL(name, ROOT).href);
    for (const [name, { title }] of Object.entries(edition.lessons)) {
      lessons.append(make('option', { value: `${DESK}/${name}`, selected: name === NAME }, `${name.slice(0, 2)} ${title}`));
    }
    const known = Object.keys(edition.lessons).find(name => NAME.startsWith(name.slice(0, -6)));
    if (known !== NAME) lessons.prepend(make('option', { value: PATH, selected: true }, NAME || 'My files'));
    lessons.onchange = async () => {
      await panel()?.context?.save?.().catch(() => {});
      location.href = address(lessons.value);
    };
    if (known) document.title = `${edition.lessons[known].title} · Four Takeaways, live`;
    while (!app()) await new Promise(done => setTimeout(done, 50));
    // Nobody asks for JupyterLab's second copy of each lesson, and where storage is full a lesson without one would be closed.
    contents().createCheckpoint = async () => ({ id: '0', last_modified: new Date().toISOString() });
    if (typeof BroadcastChannel === 'function') answerWhatFails(contents());
    await app().started;
    try { sessionStorage.removeItem(AGAIN); } catch { /* nothing is kept here */ }
    await layNewer(edition).catch(fault => console.warn(fault));
    document.documentElement.dataset.courseOpen = 'yes';
    if (PATH) followSaving();
    else status.textContent = '';       // among her files Python is not started
  }

  async function followSaving() {
    while (!panel()?.context) await new Promise(done => setTimeout(done, 100));
    const { context } = panel();
    context.saveState.connect((_, state) => {
      if (state === 'completed') status.textContent = `Saved in this browser at ${new Date().toLocaleTimeString('sv').slice(0, 5)}.`;
    });
    document.addEventListener('visibilitychange', () => {
      if (document.hidden && context.model.dirty) context.save();
    });
  }

  const script = make('script', { src: new URL('fflate.js', ROOT) });
  document.head.append(script);
  if (!isFile) start().catch(fault => note(`This copy of the course is not whole (${fault.message}). Reload the page; if that does not help, tell whoever published it.`, readInstead()));
})();
