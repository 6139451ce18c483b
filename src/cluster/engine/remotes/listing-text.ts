/**
 * The text of a listing, in the charset that the answer names. Without one, UTF-8 if it is valid, as names in it are
 * sent back as UTF-8; else ISO 8859-1, as BioMAJ has it.
 */
export function decodeListing(bytes: Buffer, contentType: string | undefined): string {
  const charset = /charset="?([^\s;"]+)/i.exec(contentType ?? '')?.[1]
  if (charset !== undefined && !/^(iso-8859-1|latin-?1)$/i.test(charset)) {
    try {
      return new TextDecoder(charset).decode(bytes)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
  }
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return bytes.toString('latin1')
  }
}
