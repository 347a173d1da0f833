// Everything that was loaded once is kept for a visit without a network; JupyterLite's own worker, loaded at the end, connects
// the kernel with the learner's files.
'use strict';

const KEPT = 'four-takeaways';
const NEVER = /\/api\/(stdin|service-worker-heartbeat)/;
const DRIVE = /\/api\/drive/;
const LASTING = /\/runtime\/|[.-][0-9a-f]{7,}\.\w+|[?&][_v]=[0-9a-f]{7,}/;     // whose addresses change with their content

self.addEventListener('fetch', event => {
  const address = new URL(event.request.url);
  if (DRIVE.test(address.pathname)) {     // not always within the scope: JupyterLite encodes the name of a folder twice
    event.stopImmediatePropagation();
    return event.respondWith(fromDrive(event.request, address));
  }
  if (event.request.method !== 'GET' || !address.href.startsWith(self.registration.scope) || NEVER.test(address.pathname)) return;
  event.stopImmediatePropagation();
  event.respondWith(LASTING.test(address.href) ? keptOrFetched(event.request) : fetchedOrKept(event.request));
});

// One part that does not come would leave the lesson shut: where the connection broke off, or the host was too busy, it is
// asked for once more; and where the browser cannot read what it kept, the host is asked.
async function keptOrFetched(request) {
  const before = await kept(request).catch(() => null);
  if (before) return before;
  const answer = await fetched(request).catch(() => null);
  if (answer && answer.status < 500) return answer;
  await new Promise(done => setTimeout(done, 500));
  return fetched(request);
}

async function fetchedOrKept(request) {
  try {
    return await fetched(request);
  } catch (fault) {
    const before = await kept(request);
    if (before) return before;
    throw fault;
  }
}

// A page is the same whichever lesson its address names.
function kept(request) {
  return caches.match(request, { cacheName: KEPT, ignoreSearch: !LASTING.test(request.url) });
}

// An answer is given on when all of it is there: one that broke off half-way fails here, not in the page.
async function fetched(request) {
  const answer = await fetch(request);
  if (!answer.ok || answer.status === 206) return answer;
  const { status, statusText, headers } = answer;
  const whole = new Response(await answer.blob(), { status, statusText, headers });
  // A full disk must not stop the lesson.
  await caches.open(KEPT).then(cache => cache.put(request, whole.clone())).catch(() => {});
  return whole;
}

// What Python asks of the learner's files: the page answers over this channel, as JupyterLite has it. Where the page says that it
// could not, Python gets an error; JupyterLite's own worker would wait for ever, and Python with it.
async function fromDrive(request, address) {
  const asked = { ...await request.json(), pathname: address.pathname };
  const channel = new BroadcastChannel('/sw-api.v1'), told = new BroadcastChannel('four-takeaways');
  const answer = await new Promise(done => {
    channel.onmessage = ({ data }) => {
      if (data.browsingContextId === asked.browsingContextId && 'response' in data) done(new Response(JSON.stringify(data.response)));
    };
    told.onmessage = ({ data }) => {
      if (data.failed === asked.browsingContextId) done(new Response('', { status: 507 }));
    };
    channel.postMessage(asked);
  });
  channel.close();
  told.close();
  return answer;
}

importScripts('jupyterlite-service-worker.js');
