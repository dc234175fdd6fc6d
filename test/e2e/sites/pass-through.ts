/** The least a Worker can be: it shows what the runtime itself does to a request. The harness tests itself with it. */
interface Env {
  readonly ORIGIN: string
}

export default {
  async fetch(request, env) {
    console.log(JSON.stringify({ event: 'seen', url: request.url }))
    const url = new URL(request.url)
    const target = new URL(env.ORIGIN)
    target.pathname = url.pathname
    target.search = url.search
    return await fetch(new Request(target, request))
  },
} satisfies ExportedHandler<Env>
