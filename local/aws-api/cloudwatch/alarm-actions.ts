import type { Alarm } from '../../metrics/alarms.ts';
import type { AlarmState } from '../../metrics/alarm.ts';
import { AwsError } from '../../runtime.ts';
import type { CloudWatchServices } from '../cloudwatch.ts';
import { pageOf } from '../pages.ts';
import { invalid, listOf, textOf, type CloudWatchAction } from './input.ts';

/** Limit of the API reference: DescribeAlarms. */
const mostAlarms = 100;

const states: readonly AlarmState[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];

/** What shows alarms; their definitions are the template's. */
export function alarmActions({ alarms }: CloudWatchServices): Readonly<Record<string, CloudWatchAction>> {
  return {
    /** Alarms are judged before they are shown, so that nobody has to wait for the minute to be over. */
    async DescribeAlarms({ AlarmNames, AlarmNamePrefix, StateValue, MaxRecords, NextToken }) {
      await alarms.evaluate();
      const names = listOf<string>(AlarmNames);
      const found = alarms
        .all()
        .filter(
          ({ name, state }) =>
            (names.length === 0 || names.includes(name)) &&
            name.startsWith(String(AlarmNamePrefix ?? '')) &&
            (StateValue === undefined || state === StateValue),
        );
      const size = Math.min(Number(MaxRecords ?? mostAlarms), mostAlarms);
      const { items, nextToken } = pageOf(found, { token: NextToken, size, error: 'InvalidNextToken' });
      return { MetricAlarms: items.map(described), ...(nextToken !== undefined && { NextToken: nextToken }) };
    },

    async DescribeAlarmHistory({ AlarmName, MaxRecords = 100 }) {
      const found = alarms.changes().filter(({ name }) => AlarmName === undefined || name === AlarmName);
      return {
        AlarmHistoryItems: found.slice(0, Number(MaxRecords)).map(({ name, at, from, to, reason }) => ({
          AlarmName: name,
          AlarmType: 'MetricAlarm',
          Timestamp: new Date(at),
          HistoryItemType: 'StateUpdate',
          HistorySummary: `Alarm updated from ${from} to ${to}`,
          HistoryData: JSON.stringify({
            oldState: { stateValue: from },
            newState: { stateValue: to, stateReason: reason },
          }),
        })),
      };
    },

    async SetAlarmState({ AlarmName, StateValue, StateReason }) {
      const state = states.find((one) => one === StateValue);
      if (!state) throw invalid(`StateValue is ${String(StateValue)}; it may be ${states.join(', ')}`);
      const name = textOf(AlarmName, 'AlarmName');
      if (!alarms.set(name, state, textOf(StateReason, 'StateReason'))) {
        throw new AwsError('ResourceNotFound', `Unknown alarm ${name}`, 404);
      }
      return undefined;
    },
  };
}

function described({ arn, name, properties, state, reason, changedAt }: Alarm): Readonly<Record<string, unknown>> {
  const { Tags: _, AlarmName: __, ...rest } = properties;
  return {
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    ...rest,
    AlarmArn: arn,
    AlarmName: name,
    StateValue: state,
    StateReason: reason,
    StateUpdatedTimestamp: new Date(changedAt),
    StateTransitionedTimestamp: new Date(changedAt),
  };
}
