import { aFuzzedTransform, fuzzTransform, type FuzzRange } from './fuzz-transform.ts';

const onProgress = (inputs: number): void => void process.send?.({ inputs });

// A process of its own: it is handed a range of inputs, tells how far it is, and then how it ended.
process.once('message', (range: FuzzRange) => {
  fuzzTransform(aFuzzedTransform(), { ...range, onProgress })
    .then(
      (report) => ({ report }),
      (error: unknown) => ({ problem: error instanceof Error ? error.message : String(error) }),
    )
    .then((end) => process.send?.(end, () => process.disconnect()));
});
