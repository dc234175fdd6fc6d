import type { Client } from '../session/client.ts'

/** What a link or a code shows, once. A proof of one purpose is nothing for another. */
export type Purpose = 'register' | 'verify' | 'reset' | 'link' | 'email' | 'undo_email'

/** A proof that is still good. Instants are unix milliseconds. */
export interface MailProof {
  readonly id: string
  readonly purpose: Purpose
  /** Whose it is; `null` for a registration, and for what stands in for an account that does not exist. */
  readonly userId: string | null
  /** Where the mail went. */
  readonly email: string
  /** Whether the browser that asked is the one that asks now is told by `isOf`. */
  readonly browserHash: string | null
  readonly codeHash: string | null
  /** Wrong codes and numbers so far. */
  readonly tries: number
  /** What the browser that waits shows, for who opens the link elsewhere. */
  readonly number: string | null
  readonly isApproved: boolean
  readonly client: Client
  readonly data: ProofData
  readonly createdAt: number
  readonly expiresAt: number
}

/** What goes along until the proof is given. */
export interface ProofData {
  /** Where a page goes on to; decided anew when it is used. */
  readonly next?: string | null
  /** A registration: becomes the account's only with this very proof. */
  readonly name?: string | null
  readonly username?: string | null
  readonly passwordHash?: string
  /** Who the browser was a guest as; the account keeps that id (session/promote.ts). */
  readonly guestId?: string | null
  /** A sign-in: whether the browser that asked is to stay signed in, and where it stands. */
  readonly remember?: boolean
  readonly place?: string | null
  /** The address that an undo gives back. */
  readonly restores?: string
}

export interface NewProof {
  readonly purpose: Purpose
  readonly site: string
  /** An account's id, or an address where there is none yet: a newer proof of the same purpose and subject takes the older one's place. */
  readonly subject: string
  readonly userId: string | null
  /** The address the account has now, if the proof is to die with it. */
  readonly accountEmail: string | null
  readonly email: string
  /** The cookie of the browser that asks, where the proof is bound to it. Codes always are. */
  readonly browser: string | null
  readonly withCode: boolean
  readonly client: Client
  readonly data: ProofData
  readonly lifeSeconds: number
}

/** What leaves by mail or page, and is kept nowhere. */
export interface IssuedProof {
  readonly token: string
  /** Six digits for the browser that asked; `null` without `withCode`. */
  readonly code: string | null
  readonly statement: D1PreparedStatement
}

/** Wrong codes and numbers that a proof survives. Of a million codes five can be tried; then only the link is left. */
export const MAX_TRIES = 5
