/**
 * The one key in the text, as OpenSSL writes it. Line breaks may have been written as `\n`, turned into blanks or lost: a
 * PEM has them after every 64 characters. What is no key, or more than one, stays as it is.
 *
 * @param notes gets a sentence for each repair
 */
export function restorePem(text: string, notes: string[]): string {
  const written = text.replaceAll(/\\+r/g, '').replaceAll(/\\+n/g, '\n').trim();
  const found = /-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----([\s\S]*?)-----END \1-----/.exec(written);
  const [block, label, inside = ''] = found ?? [];
  if (block === undefined || keysIn(written) > 1) return written;
  const body = withoutHeaders(inside);
  if (body.length < inside.length) notes.push('The header lines inside the private key were left out.');
  if (block.length < written.length) notes.push('The text around the private key was left out.');
  const lines = body.replaceAll(/\s+/g, '').match(/.{1,64}/g) ?? [];
  const original = text.slice(text.indexOf('-----BEGIN'), text.lastIndexOf('-----END'));
  if (!original.includes('\n') && lines.length > 1)
    notes.push('The line breaks of the private key were lost and have been restored.');
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** RFC 1421 headers stand before an empty line, and change nothing of a key unless they say that it is encrypted. */
function withoutHeaders(body: string): string {
  return /ENCRYPTED/.test(body) ? body : body.replace(/^\s*(?:[\w-]+: .*\n)+\s*\n/, '\n');
}

/** How many private keys begin in the text. */
export function keysIn(text: string): number {
  return text.split(/-----BEGIN [A-Z ]*PRIVATE KEY-----/).length - 1;
}
