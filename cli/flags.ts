/** Every flag of every command: one namespace, so that a flag means the same wherever it stands. */
export interface Flags {
  readonly config: string
  readonly state: string
  readonly remote: boolean
  readonly json: boolean
  readonly origin?: string
  readonly port?: string
  readonly url?: string
  readonly site?: string
  readonly admin?: string
  readonly registration?: string
  readonly demo: boolean
  readonly throttle?: string
  readonly role: readonly string[]
  readonly name?: string
  readonly username?: string
  readonly reason?: string
  readonly expires?: string
  readonly scope: readonly string[]
  readonly path: readonly string[]
  readonly method: readonly string[]
  readonly session?: string
  readonly host?: string
  readonly as?: string
  readonly 'password-stdin': boolean
  readonly format?: string
  readonly report?: string
  readonly hashes: boolean
  readonly 'dry-run': boolean
  readonly 'emails-verified': boolean
}
