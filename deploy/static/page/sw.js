// Keeps the site: what is asked for comes from what was kept, also without a network. Registered when the app is up.

const VERSION = "%version%"
const FILES = "%files%"
// the same page twice, since it names its parts from where it stands
const AT_ROOT = "index.html"
const IN_FOLDER = "glossary/index.html"

self.addEventListener("install", (event) => event.waitUntil(keep()))
self.addEventListener("activate", (event) => event.waitUntil(forget().then(() => self.clients.claim())))
self.addEventListener("fetch", (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method === "GET" && url.origin === location.origin && url.href.startsWith(registration.scope))
    event.respondWith(answer(request, url))
})

async function keep() {
  const cache = await caches.open(VERSION)
  await cache.addAll([...FILES, AT_ROOT, IN_FOLDER].map((path) => new URL(path, registration.scope)))
}

async function forget() {
  for (const name of await caches.keys()) if (name !== VERSION) await caches.delete(name)
}

async function answer(request, url) {
  const cache = await caches.open(VERSION)
  const page = url.pathname.slice(new URL(registration.scope).pathname.length).includes("/") ? IN_FOLDER : AT_ROOT
  const kept = await cache.match(request.mode === "navigate" ? new URL(page, registration.scope) : url, { ignoreSearch: true })
  // a later version is fetched by this worker's successor
  if (!kept) return fetch(request)
  // made anew it has the address that was asked for, and not that of the file: the query names who asks (boot.mjs)
  return new Response(kept.body, kept)
}
