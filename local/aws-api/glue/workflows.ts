import type { Workflows } from '../../glue/workflows.ts';
import type { Trigger } from '../../glue/trigger.ts';
import { AwsError } from '../../runtime.ts';
import type { JsonAction } from '../protocol.ts';
import { listPage, textInput, textsInput } from './inputs.ts';

/** The Glue actions on workflows, their runs and their triggers. */
export function workflowActions(workflows: Workflows): Readonly<Record<string, JsonAction>> {
  return { ...runActions(workflows), ...triggerActions(workflows) };
}

function runActions(workflows: Workflows): Readonly<Record<string, JsonAction>> {
  return {
    ListWorkflows: async (input, request) => {
      request.authorize('glue:ListWorkflows', 'workflow/*');
      return listPage('Workflows', workflows.names(), input);
    },
    GetWorkflow: async (input, request) => {
      const name = textInput(input, 'Name');
      request.authorize('glue:GetWorkflow', `workflow/${name}`);
      return { Workflow: workflows.describe(name, input.IncludeGraph === true) };
    },
    BatchGetWorkflows: async (input, request) => {
      const names = Array.isArray(input.Names) ? input.Names.map(String) : [];
      for (const name of names) request.authorize('glue:BatchGetWorkflows', `workflow/${name}`);
      const known = names.filter((name) => workflows.names().includes(name));
      return {
        Workflows: known.map((name) => workflows.describe(name, input.IncludeGraph === true)),
        MissingWorkflows: names.filter((name) => !known.includes(name)),
      };
    },
    StartWorkflowRun: async (input, request) => {
      const name = textInput(input, 'Name');
      request.authorize('glue:StartWorkflowRun', `workflow/${name}`);
      return { RunId: workflows.start(name, textsInput(input, 'RunProperties')) };
    },
    StopWorkflowRun: async (input, request) => {
      const name = textInput(input, 'Name');
      request.authorize('glue:StopWorkflowRun', `workflow/${name}`);
      workflows.stop(name, textInput(input, 'RunId'));
      return {};
    },
    GetWorkflowRun: async (input, request) => {
      const name = textInput(input, 'Name');
      request.authorize('glue:GetWorkflowRun', `workflow/${name}`);
      return { Run: workflows.run(name, textInput(input, 'RunId'), input.IncludeGraph === true) };
    },
    GetWorkflowRuns: async (input, request) => {
      const name = textInput(input, 'Name');
      request.authorize('glue:GetWorkflowRuns', `workflow/${name}`);
      return listPage('Runs', workflows.runs(name, input.IncludeGraph === true), input);
    },
    GetWorkflowRunProperties: async (input, request) => {
      const name = textInput(input, 'Name');
      request.authorize('glue:GetWorkflowRunProperties', `workflow/${name}`);
      return { RunProperties: workflows.properties(name, textInput(input, 'RunId')) };
    },
  };
}

function triggerActions(workflows: Workflows): Readonly<Record<string, JsonAction>> {
  const dependingOn = (job: unknown): readonly Trigger[] => {
    const inOrder = workflows.triggers().toSorted((a, b) => (a.Name < b.Name ? -1 : 1));
    return inOrder.filter(({ Actions }) => job === undefined || Actions.some(({ JobName }) => JobName === job));
  };
  return {
    ListTriggers: async (input, request) => {
      request.authorize('glue:ListTriggers', 'trigger/*');
      const names = dependingOn(input.DependentJobName).map(({ Name }) => Name);
      return listPage('TriggerNames', names, input);
    },
    GetTriggers: async (input, request) => {
      request.authorize('glue:GetTriggers', 'trigger/*');
      return listPage('Triggers', dependingOn(input.DependentJobName), input);
    },
    GetTrigger: async (input, request) => {
      const name = textInput(input, 'Name');
      request.authorize('glue:GetTrigger', `trigger/${name}`);
      const found = workflows.triggers().find(({ Name }) => Name === name);
      if (!found) throw new AwsError('EntityNotFoundException', `Entity not found: trigger ${name}`);
      return { Trigger: found };
    },
  };
}
