import { AwsError } from '../../runtime.ts';

/** Input of an action. */
export type Input = Readonly<Record<string, unknown>>;

/** Throws MissingParameter. */
export function handleInput({ ReceiptHandle }: Input): string {
  if (typeof ReceiptHandle === 'string' && ReceiptHandle !== '') return ReceiptHandle;
  throw new AwsError('MissingParameter', 'The request must contain the parameter ReceiptHandle.');
}

/** Throws InvalidParameterValue. */
export function numberInput(
  input: Input,
  name: string,
  { least = 0, most, standard }: { readonly least?: number; readonly most: number; readonly standard: number },
): number {
  const value = Number(input[name] ?? standard);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const reason = `Must be >= ${least} and <= ${most}, if provided.`;
  throw invalid(`Value ${JSON.stringify(input[name])} for parameter ${name} is invalid. Reason: ${reason}`);
}

export function namesInput(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

export function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}
