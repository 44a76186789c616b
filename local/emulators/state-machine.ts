import type { Emulator } from '../runtime.ts';
import { nameOr } from './name-or.ts';

/** A standard workflow of Step Functions. */
export const stateMachine: Emulator = {
  types: ['AWS::StepFunctions::StateMachine'],
  async start(resource, { stateMachines }) {
    const name = nameOr(resource.properties.StateMachineName, resource);
    const arn = stateMachines.define(name, resource.properties);
    return { ref: arn, attributes: { Arn: arn, Name: name } };
  },
};
