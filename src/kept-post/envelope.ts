/** A form post as it came, but for what belongs to the connection. */
export interface Post {
  /** Path and query, as the gate read them. */
  readonly target: string
  readonly contentType: string
  /** The page with the form, where the browser told; a path of this site. */
  readonly from: string | null
  readonly body: Uint8Array<ArrayBuffer>
}

const LINE_END = 0x0a

/** What is sealed: one line of JSON, which holds no line end, then the body as it is. */
export function pack({ body, ...head }: Post): Uint8Array<ArrayBuffer> {
  const line = new TextEncoder().encode(`${JSON.stringify(head)}\n`)
  const packed = new Uint8Array(line.length + body.length)
  packed.set(line)
  packed.set(body, line.length)
  return packed
}

/** Only for what `pack` made and a seal has guarded. */
export function unpack(packed: Uint8Array<ArrayBuffer>): Post {
  const end = packed.indexOf(LINE_END)
  const head = JSON.parse(new TextDecoder().decode(packed.subarray(0, end))) as Omit<Post, 'body'>
  return { ...head, body: packed.slice(end + 1) }
}
