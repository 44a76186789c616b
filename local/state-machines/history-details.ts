import type { State } from './definition.ts';
import type { Frame } from './execution.ts';
import type { StateError } from './state-error.ts';

/** Details of the events of GetExecutionHistory that a state makes. */
export function entered({ state, input }: Frame): Record<string, unknown> {
  return { stateEnteredEventDetails: { name: state, input: JSON.stringify(input) } };
}

export function exited(state: string, output: unknown): Record<string, unknown> {
  return { stateExitedEventDetails: { name: state, output: JSON.stringify(output) } };
}

export function failed({ Resource = '' }: State, { error, message: cause }: StateError): Record<string, unknown> {
  const [resourceType, resource] = Resource.split(':').slice(-2);
  return { taskFailedEventDetails: { resourceType, resource, error, cause } };
}
