// What nginx's auth_request asks (nginx itself cannot check a signature): 204 and who it is, or 401. For loopback only.
import { createServer } from 'node:http'
import { verify } from './express.mjs'

const server = createServer(async (request, response) => {
  try {
    const claims = await verify(request.headers['x-auth-assertion'] ?? '')
    if (claims === null) return response.writeHead(401).end()
    response.writeHead(204, {
      // Percent-encoded where they are not plain, so that no value can break out of its header.
      'Verified-User': encodeURIComponent(claims.sub),
      'Verified-Email':
        claims.email_verified === true ? encodeURIComponent(claims.email).replaceAll('%40', '@') : '',
      'Verified-Groups': claims.roles.map(encodeURIComponent).join(','),
    })
    response.end()
  } catch (error) {
    console.error(error)
    response.writeHead(503).end()
  }
})

server.listen(Number(process.env.PORT ?? 9091), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`)
})
