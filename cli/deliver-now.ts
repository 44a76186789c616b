/**
 * Has a pipeline on a laptop deliver what its streams hold, which they would do at their next interval.
 * Throws where something cannot be delivered, with the answer's text.
 * @param apiUrl of the pipeline; `/_local` lies beside it
 */
export async function deliverNow(apiUrl: string): Promise<void> {
  const answer = await fetch(new URL('/_local/flush', apiUrl), { method: 'POST' });
  if (!answer.ok) throw new Error(`the delivery stream could not deliver: ${answer.status} ${await answer.text()}`);
}
