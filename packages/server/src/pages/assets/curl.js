/**
 * A request as a curl command for a POSIX shell.
 * Tokens are variables: a command is kept in histories and pasted into chats, where a token has no business.
 * @param variables name -> the text in the body that it stands for
 */
export function curlCommand({ method, url, body, withToken }, variables) {
  const usual = body === undefined ? 'GET' : 'POST'
  const parts = [`curl ${method === usual ? '' : `-X ${method} `}${url}`]
  if (withToken) parts.push('-H "Authorization: Bearer $ACCESS"')
  if (body !== undefined)
    parts.push("-H 'Content-Type: application/json'", `-d ${quoted(oneLine(body), variables)}`)
  return parts.join(' \\\n  ')
}

function oneLine(body) {
  try {
    return JSON.stringify(JSON.parse(body))
  } catch {
    return body
  }
}

function quoted(text, variables) {
  const literal = `'${text.replaceAll("'", "'\\''")}'`
  const named = Object.entries(variables).filter(([, value]) => value !== '')
  return named.reduce((whole, [name, value]) => whole.replaceAll(value, `'$${name}'`), literal)
}
