import type { TestUser } from './users.ts'

/** Signs in over the API. Returns the `Cookie` header of somebody who is. */
export async function signIn(gateway: { readonly url: string }, user: TestUser): Promise<string> {
  const response = await fetch(`${gateway.url}/auth/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identifier: user.email, password: user.password }),
  })
  if (response.status !== 200)
    throw new Error(`signing in answered ${response.status}: ${await response.text()}`)
  await response.arrayBuffer()
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}
