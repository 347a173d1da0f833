// Everything that was loaded once is kept for a visit without a network; JupyterLite's own worker, loaded at the end, connects
// the kernel with the learner's files.
'use strict';

const KEPT = 'four-takeaways';
const NEVER = /\/api\/(drive|stdin|service-worker-heartbeat)/;
const LASTING = /\/runtime\/|[.-][0-9a-f]{7,}\.\w+|[?&][_v]=[0-9a-f]{7,}/;     // whose addresses change with their content

self.addEventListener('fetch', event => {
  const address = new URL(event.request.url);
  if (event.request.method !== 'GET' || !address.href.startsWith(self.registration.scope) || NEVER.test(address.pathname)) return;
  event.stopImmediatePropagation();
  event.respondWith(LASTING.test(address.href) ? keptOrFetched(event.request) : fetchedOrKept(event.request));
});

async function keptOrFetched(request) {
  return await kept(request) ?? await fetched(request);
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

async function fetched(request) {
  const answer = await fetch(request);
  if (answer.ok && answer.status !== 206) {
    const cache = await caches.open(KEPT);
    await cache.put(request, answer.clone()).catch(() => {});    // a full disk must not stop the lesson
  }
  return answer;
}

importScripts('jupyterlite-service-worker.js');
