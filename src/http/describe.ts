import type * as v from 'valibot'

/**
 * What an address of the API takes and gives, declared beside its handler: the OpenAPI document is made of it, and the tests hold every
 * real answer against it. Schemas are asked for when they are needed, so that they may stand below the routes.
 */
export interface Operation {
  readonly summary: string
  /** Who may ask. Default: anybody. */
  readonly needs?: Needs
  /** What is sent as JSON: the very schema that checks it. */
  readonly body?: () => v.GenericSchema
  /** Whether the same may be sent as a form. */
  readonly isFormToo?: boolean
  /** Whether the body may be left out. */
  readonly isBodyOptional?: boolean
  readonly query?: Readonly<Record<string, string>>
  /** Every success by its status; `null` has no body. What is no success is problem+json. */
  readonly answers: Readonly<Record<number, (() => v.GenericSchema) | null>>
}

/** `session`: a browser that is signed in; `fresh`: that has just shown who it is; `admin`: an administrator or a key with the scope. */
export type Needs = 'session' | 'fresh' | 'admin' | 'service' | 'pending'

export type Described = { readonly [method in 'GET' | 'POST' | 'DELETE']?: Operation }
