import { GraphWidget, MathExpression, Row, TextWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib';

/** Of the 24 columns that a dashboard has. */
const width = 24;
const height = 6;

/** One graph: what it shows, and its lines. */
export type Graph = readonly [title: string, lines: readonly IMetric[]];

/** A heading, and below it graphs of the same width. */
export function row(heading: string, graphs: readonly Graph[]): readonly Row[] {
  const each = Math.floor(width / graphs.length);
  return [
    new Row(new TextWidget({ markdown: `## ${heading}`, width, height: 1 })),
    new Row(
      ...graphs.map(
        ([title, left]) => new GraphWidget({ title, left: [...left], width: each, height, leftYAxis: { min: 0 } }),
      ),
    ),
  ];
}

/** One line for each metric that a search finds, now and later: for dimensions whose values nobody knows beforehand. */
export function search(what: string, statistic: 'Sum' | 'Maximum', label: string): MathExpression {
  return new MathExpression({
    label,
    expression: `SEARCH('${what}', '${statistic}', 300)`,
    period: Duration.minutes(5),
  });
}
