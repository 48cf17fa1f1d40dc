/**
 * Preloaded into a walked bot: what it tells Telegram reaches the fake Bot API server of `WALKTHROUGH_BOT_API`, and where it listens on the
 * port that its page names it gets a free one, since two walks may run at once.
 */

const http = require('node:http');
const https = require('node:https');
const { Server } = require('node:net');

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

const { listen } = Server.prototype;
Server.prototype.listen = function (named, ...rest) {
  if (typeof named !== 'number' || named === 0) return listen.call(this, named, ...rest);
  this.once('listening', () => process.send({ named, port: this.address().port }));
  return listen.call(this, 0, ...rest);
};
