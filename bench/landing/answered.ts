import type { FirehoseTransformationEvent, FirehoseTransformationResult } from 'aws-lambda';
import type { Functions } from '../../local/runtime.ts';
import { arrival } from './land.ts';
import { transformArn } from './transform-function.ts';

/** What the transform makes of records, kept: the data of each record's answer, in their order. */
export async function answersOf(functions: Functions, records: readonly Buffer[]): Promise<readonly string[]> {
  const answers: string[] = [];
  const atOnce = 5;
  for (let first = 0; first < records.length; first += atOnce) {
    const some = records.slice(first, first + atOnce);
    const answer = await functions.invoke(transformArn, eventOf(some, first));
    if (!answer.ok) throw new Error(`the transform failed: ${answer.errorMessage}`);
    for (const { result, data } of (answer.payload as FirehoseTransformationResult).records) {
      if (result !== 'Ok') throw new Error(`the transform answered a record with ${result}`);
      answers.push(data!);
    }
  }
  return answers;
}

const eventOf = (records: readonly Buffer[], first: number): FirehoseTransformationEvent => ({
  invocationId: `invocation-${first}`,
  deliveryStreamArn: 'arn:aws:firehose:eu-central-1:000000000000:deliverystream/events',
  region: 'eu-central-1',
  records: records.map((data, at) => ({
    recordId: String(first + at),
    approximateArrivalTimestamp: arrival,
    data: data.toString('base64'),
  })),
});

/** A transform that has done its work before: what comes is answered, in order, with what is kept. */
export function answering(answers: readonly string[]): Pick<Functions, 'invoke' | 'has'> {
  let next = 0;
  return {
    has: () => true,
    invoke: async (_arn, payload) => {
      const { records } = payload as FirehoseTransformationEvent;
      const answered = records.map(({ recordId }) => ({ recordId, result: 'Ok', data: answers[next++] }));
      return { ok: true, payload: { records: answered } };
    },
  };
}
