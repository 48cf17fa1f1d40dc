/** Preloaded into a walked bot: what it tells Telegram reaches the fake Bot API server of `WALKTHROUGH_BOT_API`. */

const http = require('node:http');
const https = require('node:https');

const fake = new URL(process.env.WALKTHROUGH_BOT_API);
const { request } = https;
https.request = (options, ...rest) => {
  if (options.hostname !== 'api.telegram.org') return request(options, ...rest);
  const { hostname, port } = fake;
  return http.request(
    { ...options, protocol: 'http:', hostname, host: hostname, port, agent: undefined },
    ...rest,
  );
};
