import { AwsError } from '../runtime.ts';
import type { LocalStateMachines, StateMachine } from '../state-machines.ts';
import type { Execution } from '../state-machines/execution.ts';
import { pageOf } from './pages.ts';
import { jsonProtocol } from './protocol.ts';
import type { AwsProtocol } from './protocol.ts';

type Input = Readonly<Record<string, unknown>>;

/** Entries of a list unless asked otherwise, and the most of them. */
const PAGE = 100;
const MAX_PAGE = 1000;

/** AWS Step Functions on the wire: executions are started, shown and stopped; which machines there are, the template says. */
export function stepFunctionsProtocol(stateMachines: LocalStateMachines): AwsProtocol {
  return jsonProtocol('states', {
    async StartExecution(input, request) {
      const { arn } = stateMachines.machine(input.stateMachineArn);
      request.authorize('states:StartExecution', arn);
      const text = typeof input.input === 'string' ? input.input : '{}';
      const executionArn = await stateMachines.start(arn, text, nameInput(input));
      return { executionArn, startDate: stateMachines.execution(executionArn).startedAt / 1000 };
    },

    async StopExecution(input, request) {
      const { arn } = stateMachines.execution(input.executionArn);
      request.authorize('states:StopExecution', arn);
      return { stopDate: (await stateMachines.abort(arn, optional(input.error), optional(input.cause))) / 1000 };
    },

    async DescribeExecution(input, request) {
      const execution = stateMachines.execution(input.executionArn);
      request.authorize('states:DescribeExecution', execution.arn);
      const { input: given, output, error, cause } = execution;
      return {
        ...listed(execution),
        input: given,
        inputDetails: { included: true },
        ...(output !== undefined && { output, outputDetails: { included: true } }),
        ...(error !== undefined && { error }),
        ...(cause !== undefined && { cause }),
        redriveCount: 0,
        redriveStatus: 'NOT_REDRIVABLE',
      };
    },

    async ListExecutions(input, request) {
      const { arn } = stateMachines.machine(input.stateMachineArn);
      request.authorize('states:ListExecutions', arn);
      const { statusFilter } = input;
      const found = stateMachines
        .executions(arn)
        .filter(({ status }) => statusFilter === undefined || status === statusFilter);
      return paged('executions', found.map(listed), input);
    },

    async GetExecutionHistory(input, request) {
      const { arn } = stateMachines.execution(input.executionArn);
      request.authorize('states:GetExecutionHistory', arn);
      const events = await stateMachines.history(arn);
      return paged('events', input.reverseOrder === true ? events.toReversed() : events, input);
    },

    async DescribeStateMachine(input, request) {
      const machine = stateMachines.machine(input.stateMachineArn);
      request.authorize('states:DescribeStateMachine', machine.arn);
      return { ...listedMachine(machine), status: 'ACTIVE', definition: machine.text, roleArn: machine.roleArn };
    },

    async DescribeStateMachineForExecution(input, request) {
      const { arn, machineArn, definition, roleArn, startedAt } = stateMachines.execution(input.executionArn);
      request.authorize('states:DescribeStateMachineForExecution', arn);
      const name = machineArn.slice(machineArn.lastIndexOf(':') + 1);
      const text = JSON.stringify(definition);
      return { stateMachineArn: machineArn, name, definition: text, roleArn, updateDate: startedAt / 1000 };
    },

    async ListStateMachines(input, request) {
      request.authorize('states:ListStateMachines', '*');
      return paged('stateMachines', stateMachines.machines().map(listedMachine), input);
    },
  });
}

function listed({ arn, machineArn, name, status, startedAt, stoppedAt }: Execution): Record<string, unknown> {
  return {
    executionArn: arn,
    stateMachineArn: machineArn,
    name,
    status,
    startDate: startedAt / 1000,
    ...(stoppedAt !== undefined && { stopDate: stoppedAt / 1000 }),
  };
}

function listedMachine({ arn, name, createdAt }: StateMachine): Record<string, unknown> {
  return { stateMachineArn: arn, name, type: 'STANDARD', creationDate: createdAt / 1000 };
}

function nameInput({ name }: Input): string | undefined {
  if (name === undefined || typeof name === 'string') return name;
  throw new AwsError('InvalidName', `Invalid Name: '${JSON.stringify(name)}'`);
}

function optional(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function paged(list: string, entries: readonly unknown[], { maxResults, nextToken }: Input): Record<string, unknown> {
  const size = Math.min(MAX_PAGE, Number(maxResults ?? PAGE) || PAGE);
  const page = pageOf(entries, { token: nextToken, size, error: 'InvalidToken' });
  return { [list]: page.items, ...(page.nextToken !== undefined && { nextToken: page.nextToken }) };
}
