import { randomUUID } from "node:crypto";

/** The Jupyter channels a client talks on. */
export type Channel = "shell" | "control" | "iopub" | "stdin";

/** Content of a Jupyter message; what the protocol puts there depends on the message type. */
export type Content = Readonly<Record<string, unknown>>;

/** A Jupyter message (messaging protocol 5.3). */
export interface Message {
  readonly channel: Channel;
  readonly header: MessageHeader;
  /** Header of the request that this one answers; empty in a request. */
  readonly parent: Partial<MessageHeader>;
  readonly metadata: Content;
  readonly content: Content;
}

/** Identity of a message. */
export interface MessageHeader {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

/** A new request. */
export function request(channel: Channel, type: string, content: Content, session: string): Message {
  const header = {
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username: "specbook",
    date: new Date().toISOString(),
    version: "5.3",
  };
  return { channel, header, parent: {}, metadata: {}, content };
}

/** Carries messages to one running kernel and back. */
export interface Transport {
  send(message: Message): void;
  /** Called with each message from the kernel; set once, before the first `send`. */
  onMessage: (message: Message) => void;
  /** Called once when the kernel or the connection is gone, with the reason; not after `close`. */
  onEnd: (reason: Error) => void;
  close(): Promise<void>;
}
