/** Rows as CSV. A spreadsheet would take what begins so for a formula. @see RFC 4180, OWASP on CSV injection */
export function csvText(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map((one) => cell(String(one))).join(',')}\r\n`).join('')
}

function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
