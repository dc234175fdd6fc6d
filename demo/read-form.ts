import type { IncomingMessage } from 'node:http'

const MAX_BYTES = 10 * 1024 * 1024

/** The fields and files of a posted form of either encoding; `null` when it is too large or none. */
export async function readFormData(request: IncomingMessage): Promise<FormData | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes <= MAX_BYTES) chunks.push(chunk)
  }
  if (bytes > MAX_BYTES) return null
  const headers = { 'Content-Type': request.headers['content-type'] ?? '' }
  try {
    return await new Response(Buffer.concat(chunks), { headers }).formData()
  } catch {
    return null
  }
}
