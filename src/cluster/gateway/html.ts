const escapes: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'}

/** Text for an element or for an attribute in quotes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, sign => escapes[sign] ?? '')
}

/** Whether a caller would rather read a page than JSON: browsers name HTML, programs mostly take anything. */
export function wantsHtml(headers: Headers): boolean {
  return (headers.get('accept') ?? '').split(',').some(type => type.trim().split(';')[0] === 'text/html')
}
