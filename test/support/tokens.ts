import { PASSWORD, type World } from './world.ts'

export interface TokenAnswer {
  readonly access_token: string
  readonly token_type: string
  readonly expires_in: number
  readonly refresh_token: string
  readonly scope: string
}

export function postJson(world: World, path: string, body: unknown, headers: Record<string, string> = {}) {
  return world.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

/** Signs a program in. */
export async function tokensOf(world: World, email: string, more: object = {}): Promise<TokenAnswer> {
  const response = await postJson(world, '/auth/api/token', {
    identifier: email,
    password: PASSWORD,
    ...more,
  })
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
  return await response.json()
}

export const renew = (world: World, refreshToken: string, more: object = {}) =>
  postJson(world, '/auth/api/token', { refresh_token: refreshToken, ...more })

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
