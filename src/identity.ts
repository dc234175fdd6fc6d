/** Who is asking, as rules, the origin and pages see it. `anonymous` is the absence of an identity: `null`. */
export interface Identity {
  readonly kind: 'guest' | 'user' | 'service'
  readonly id: string
  readonly email: string | null
  readonly emailVerified: boolean
  readonly username: string | null
  readonly name: string | null
  readonly roles: readonly string[]
}
