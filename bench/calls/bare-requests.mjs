// What a function cannot do without: its requests to AWS, as it sent them, one after the other, and their answers read.
import { Agent, request } from 'node:http';

const { hostname, port } = new URL(process.env['AWS_ENDPOINT_URL']);
const agent = new Agent({ keepAlive: true });

export async function handler(requests) {
  const answers = [];
  for (const one of requests) answers.push(await send(one));
  return answers;
}

const send = ({ method, path, headers, body }) =>
  new Promise((resolve, reject) => {
    const sent = request({ hostname, port, agent, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.once('end', () => {
        if (response.statusCode >= 300)
          return reject(new Error(`${method} ${path} was answered ${response.statusCode}`));
        return resolve(JSON.parse(text));
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
