/**
 * How the text of QMP comes to a QEMU and from it. Over a stream QEMU reads it byte by byte, in a thread of its own, with
 * seven system calls each; a datagram it reads at once (udp_chr_read, chardev/char-udp.c), and where the device is
 * multiplexed also greets over it, which a bare one never does (open_muxes, chardev/char-mux.c).
 */
import { createSocket } from 'node:dgram';
import type { Socket as DatagramSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { EnvironmentError } from '../../environment-error.ts';

export interface QmpLink {
  readonly send: (text: string) => void;
  /** Called once. What has come before is said soon; `onLost` with why nothing more can come. */
  readonly receive: (onText: (text: string) => void, onLost: (reason: string) => void) => void;
  readonly close: () => void;
}

/** Waits for the QEMU that is started with this character device. */
export interface QmpListener {
  /** For `-chardev`; its id is `qmp`. */
  readonly chardev: string;
  readonly link: Promise<QmpLink>;
  /** Nobody is waited for any more. */
  readonly close: () => void;
}

/** `datagrams` cost far less. Over `stream` what was sent has arrived: who looks whether QEMU is silent needs that. */
export type QmpTransport = 'datagrams' | 'stream';

/** `path` is that of the unix socket of a stream. Rejects with `EnvironmentError`. */
export async function listenForQmp(transport: QmpTransport, path: string): Promise<QmpListener> {
  if (transport === 'stream') return listenForStream(path);
  // A machine without the loopback device.
  return (await listenForDatagrams()) ?? listenForStream(path);
}

function listenForStream(path: string): Promise<QmpListener> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) =>
      reject(
        new EnvironmentError(
          `cannot listen on ${path}: ${error.message}; name a shorter, writable directory`,
        ),
      ),
    );
    const link = new Promise<QmpLink>((connected) => {
      server.once('connection', (socket) => connected(streamLink(socket)));
    });
    const chardev = `socket,id=qmp,path=${path.replaceAll(',', ',,')}`;
    server.listen(path, () => resolve({ chardev, link, close: () => server.close() }));
  });
}

export function streamLink(socket: Socket): QmpLink {
  socket.setEncoding('utf8');
  return {
    send: (text) => socket.write(text),
    receive: (onText, onLost) => {
      socket.on('data', onText);
      socket.on('error', (error: Error) => onLost(error.message));
      socket.on('close', () => onLost('the connection ended'));
    },
    close: () => socket.destroy(),
  };
}

const HOST = '127.0.0.1';
/** QEMU reads no more of one datagram. */
const DATAGRAM_BYTES_MAX = 4096;
/** Room for the answers to all that is asked at once: what finds none is lost. */
const RECEIVE_BYTES = 2 ** 22;

function listenForDatagrams(): Promise<QmpListener | null> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('error', () => {
      socket.close();
      resolve(null);
    });
    socket.bind(0, HOST, () => {
      socket.removeAllListeners('error');
      socket.setRecvBufferSize(RECEIVE_BYTES);
      const { port } = socket.address();
      const chardev = `udp,id=qmp,host=${HOST},port=${port},localaddr=${HOST},localport=0,mux=on`;
      let isTaken = false;
      const link = firstSender(socket).then((made) => {
        isTaken = true;
        return made;
      });
      const close = (): void => {
        if (!isTaken) socket.close();
      };
      resolve({ chardev, link, close });
    });
  });
}

/** From then on nobody else is heard. */
function firstSender(socket: DatagramSocket): Promise<QmpLink> {
  return new Promise((resolve) => {
    const decoder = new StringDecoder('utf8');
    let early = '';
    let onText = (text: string): void => {
      early += text;
    };
    socket.on('message', (bytes) => onText(decoder.write(bytes)));
    socket.once('message', (_, { port }) => {
      socket.connect(port, HOST, () =>
        resolve({
          send: (text) => sendDatagrams(socket, Buffer.from(text)),
          receive: (listener, onLost) => {
            onText = listener;
            socket.on('error', (error) => onLost(error.message));
            // Before the next one can come.
            process.nextTick(listener, early);
          },
          close: () => socket.close(),
        }),
      );
    });
  });
}

function sendDatagrams(socket: DatagramSocket, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; at += DATAGRAM_BYTES_MAX)
    socket.send(bytes.subarray(at, at + DATAGRAM_BYTES_MAX));
}
