/** What this program tells: one JSON object a line. */
export function tell(event: string, fields: object = {}): void {
  console.log(JSON.stringify({ event, ...fields }));
}
