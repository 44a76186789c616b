import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { describe, expect, it } from 'vitest';
import { EventViews } from '../../../lib/constructs/event-views.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';
import { aConfig } from '../../support/a-config.ts';

const { views } = readEventCatalogue();

interface View {
  readonly Properties: {
    readonly TableInput: {
      readonly Name: string;
      readonly TableType?: string;
      readonly Parameters: Readonly<Record<string, string>>;
      readonly StorageDescriptor: { readonly Columns: readonly { readonly Name: string }[] };
      readonly ViewOriginalText: string;
    };
  };
  readonly DependsOn: readonly string[];
}

function synthesize(): readonly View[] {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'DataLake');
  const database = new CfnDatabase(stack, 'Database', { catalogId: '1', databaseInput: { name: 'd' } });
  const table = new CfnTable(stack, 'Events', { catalogId: '1', databaseName: 'd', tableInput: { name: 'events' } });
  const config = aConfig({ EVENTS_DATABASE: 'd' });
  const construct = new EventViews(stack, 'EventViews', { config, database, table, views });
  const resources = Object.values(Template.fromStack(Stack.of(construct)).findResources('AWS::Glue::Table')) as View[];
  return resources.filter(({ Properties }) => Properties.TableInput.TableType === 'VIRTUAL_VIEW');
}

/** A view's text as Athena reads it back. */
function decode(text: string): { readonly schema: string; readonly columns: readonly { readonly name: string }[] } {
  const [, base64 = ''] = /^\/\* Presto View: (\S+) \*\/$/.exec(text) ?? [];
  return JSON.parse(Buffer.from(base64, 'base64').toString());
}

describe('EventViews', () => {
  const made = synthesize();

  it('makes a view for every event type, after the table that they read', () => {
    expect(made.map(({ Properties }) => Properties.TableInput.Name)).toEqual(views.map(({ name }) => name));
    expect(made.every(({ DependsOn }) => DependsOn.includes('Events'))).toBe(true);
  });

  it('makes them views that Athena reads: the same columns in the catalog and in the text', () => {
    for (const { Properties } of made) {
      const { Parameters, StorageDescriptor, ViewOriginalText } = Properties.TableInput;
      expect(Parameters).toMatchObject({ presto_view: 'true' });
      const { schema, columns } = decode(ViewOriginalText);
      expect(columns.map(({ name }) => name)).toEqual(StorageDescriptor.Columns.map(({ Name }) => Name));
      expect(schema).toBe('d');
    }
  });
});
