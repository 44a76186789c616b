import type { LocalLog } from '../runtime.ts';
import type { Actor } from './actor.ts';

export interface ServiceLogOptions {
  readonly actor: Actor;
  readonly log: Pick<LocalLog, 'functionOutput'>;
  /** `arn:aws:logs:<region>:<account>:log-group:<name>`. */
  readonly groupArn: string;
  readonly stream: string;
  /** Name of the file in `logs/`, without ending. */
  readonly file: string;
  /** Whether the service asks for the group too before it writes. */
  readonly makesGroup?: boolean;
}

/**
 * Writes what a service logs in a role's name. As on AWS, what the role may not write is lost; that it is, the runtime's
 * log says.
 */
export function serviceLog({ actor, log, groupArn, stream, file, makesGroup = false }: ServiceLogOptions) {
  return (text: string): void => {
    if (mayLog(actor, groupArn, stream, makesGroup)) log.functionOutput(file, text);
  };
}

/** Whether the role may begin a stream of a log group and write to it. */
export function mayLog(actor: Actor, groupArn: string, stream: string, makesGroup: boolean): boolean {
  const refusals = [
    makesGroup ? actor.refusal('logs:CreateLogGroup', groupArn) : undefined,
    actor.refusal('logs:CreateLogStream', `${groupArn}:log-stream:`),
    actor.refusal('logs:PutLogEvents', `${groupArn}:log-stream:${stream}`),
  ];
  return refusals.every((one) => one === undefined);
}
