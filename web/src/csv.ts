export type Field = string | number | null;

const FORMULA = /^[\s\u0000]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

/** Text that a spreadsheet would run as a formula gets a leading apostrophe; numbers stay numbers. */
export function guard(field: Field): string {
  if (field === null) return "";
  if (typeof field === "number") return Number.isFinite(field) ? String(field) : "";
  return FORMULA.test(field) ? `'${field}` : field;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180: comma, CRLF, doubled quotes. NULs are dropped: no spreadsheet reads past one. */
export function toCsv(header: readonly string[], rows: readonly (readonly Field[])[]): string {
  const line = (fields: readonly Field[]): string =>
    fields.map((f) => quoted(guard(f).replaceAll("\u0000", ""))).join(",");
  return [header, ...rows].map(line).join("\r\n") + "\r\n";
}
