/** A state that has the machine's function do one thing; what the function throws ends the execution unless it is caught. */
export const lambdaTask = (functionArn: string, action: string, more: object) => ({
  Type: 'Task',
  Resource: functionArn,
  Parameters: {
    action,
    'run.$': '$$.Execution.Name',
    'execution.$': '$$.Execution.Id',
    'startedAt.$': '$$.Execution.StartTime',
    'input.$': '$',
  },
  Retry: [
    {
      ErrorEquals: [
        'Lambda.ClientExecutionTimeoutException',
        'Lambda.ServiceException',
        'Lambda.AWSLambdaException',
        'Lambda.SdkClientException',
        'Lambda.TooManyRequestsException',
      ],
      IntervalSeconds: 2,
      MaxAttempts: 4,
      BackoffRate: 2,
    },
  ],
  ...more,
});

/** A state that goes on by what the function answered as `status`. */
export const choose = (variable: string, next: Readonly<Record<string, string>>, otherwise: string) => ({
  Type: 'Choice',
  Choices: Object.entries(next).map(([status, state]) => ({
    Variable: variable,
    StringEquals: status,
    Next: state,
  })),
  Default: otherwise,
});
