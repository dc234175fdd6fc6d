import './straight-fetch.ts'

/** The least a Worker in front of a site can do: send the request on. */
export default {
  fetch(request, env) {
    const path = request.url.slice(request.url.indexOf('/', 8))
    return fetch(new Request(env.EDGEGATE_ORIGIN + path, request), { redirect: 'manual' })
  },
} satisfies ExportedHandler<{ readonly EDGEGATE_ORIGIN: string }>
