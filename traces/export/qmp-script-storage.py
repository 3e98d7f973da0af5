import json, os, shutil, socket, struct, subprocess, sys, tempfile, threading, time

SECTOR = 512
QEMU = os.environ.get('QEMU', 'qemu-system-x86_64')
QEMU_IMG = os.environ.get('QEMU_IMG', 'qemu-img')
WAIT_SECONDS = 5


class Died(Exception):
    """QEMU has gone."""


def suffix(node):
    return '' if node == 0 else str(node + 1)


def pattern(tag, count):
    return struct.pack('>H', tag) * (count * SECTOR // 2)


def tags_of(content):
    found = []
    for start in range(0, len(content), SECTOR):
        sector = content[start:start + SECTOR]
        tag = struct.unpack('>H', sector[:2])[0]
        found.append(tag if sector == struct.pack('>H', tag) * (SECTOR // 2) else -1)
    return found


def receive(connection, length):
    data = b''
    while len(data) < length:
        part = connection.recv(length - len(data))
        if not part:
            raise Died()
        data += part
    return data


class Storage(threading.Thread):
    """Serves the disks to QEMU by NBD: a request fails where a sector is bad, and those of a held commit wait."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.disks, self.bad, self.armed, self.fired = {}, {}, {}, []
        self.held, self.hold_on, self.primary, self.stopping = {}, set(), False, False
        self.lock = threading.Lock()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(16)
        self.start()

    def run(self):
        while True:
            client = self.listener.accept()[0]
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        try:
            client.sendall(b'NBDMAGICIHAVEOPT' + struct.pack('>H', 3))
            receive(client, 4)
            name = self.negotiate(client)
            sending = threading.Lock()
            while True:
                _, flags, kind, cookie, offset, length = struct.unpack('>IHHQQI', receive(client, 28))
                if kind == 2:
                    return
                data = receive(client, length) if kind == 1 else b''
                work = (client, sending, name, kind, cookie, offset, length, data)
                threading.Thread(target=self.answer, args=work, daemon=True).start()
        except (Died, OSError):
            client.close()

    def negotiate(self, client):
        while True:
            _, option, length = struct.unpack('>QII', receive(client, 16))
            data = receive(client, length)
            reply = lambda kind, body: client.sendall(struct.pack('>QIII', 0x3E889045565A9, option, kind, len(body)) + body)
            if option != 7:
                reply(0x80000001, b'')
                continue
            name = data[4:4 + struct.unpack('>I', data[:4])[0]].decode()
            reply(3, struct.pack('>HQH', 0, len(self.disk(name)), 0x65))
            reply(1, b'')
            return name

    def disk(self, name):
        return self.disks[name.replace('reads', 'secondary').replace('store', 'secondary')]

    def answer(self, client, sending, name, kind, cookie, offset, length, data):
        if name in self.hold_on and kind in (1, 3, 6) and not self.primary:
            event = threading.Event()
            self.held.setdefault(name, []).append(event)
            # A stop may flush the disk that it reopens (from 10.1 on always), before the commit begins and it answers.
            while not event.wait(1 if kind == 3 else None):
                if self.stopping:
                    self.held[name].remove(event)
                    break
        with self.lock:
            disk = self.disk(name)
            failed = offset + length > len(disk) or self.fails(name, kind, offset, length)
            body = b'' if failed or kind != 0 else bytes(disk[offset:offset + length])
            if not failed and not name.startswith('reads'):
                if kind == 1:
                    disk[offset:offset + length] = data
                elif kind in (4, 6):
                    disk[offset:offset + length] = bytes(length)
        try:
            with sending:
                client.sendall(struct.pack('>IIQ', 0x67446698, 5 if failed else 0, cookie) + body)
        except OSError:
            pass

    def fails(self, name, kind, offset, length):
        armed = self.armed.get(name)
        if armed is not None:
            l1_table = struct.unpack('>Q', self.disk(name)[40:48])[0]
            # qcow2 marks the image dirty, zeroes its L1 table, and at last writes its header.
            step = {'kept': (1, 72), 'ejected': (6, l1_table), 'emptied': (1, 0)}[armed]
            if (kind, offset) == step:
                del self.armed[name]
                self.fired.append(name)
                return True
        access = {0: 'read', 1: 'write', 4: 'write', 6: 'write'}.get(kind)
        if name.startswith('reads') and access == 'write':
            return False
        layer = name.replace('reads', 'secondary').replace('store', 'secondary')
        return any(
            bad['access'] == access and bad['sector'] * SECTOR < offset + length and (bad['sector'] + 1) * SECTOR > offset
            for bad in self.bad.get(layer, []))

    def release(self, name):
        self.hold_on.discard(name)
        for event in self.held.pop(name, []):
            event.set()


class Export:
    """A client of one of QEMU's NBD exports, without structured replies."""

    def __init__(self, path, name):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(WAIT_SECONDS)
        self.socket.connect(path)
        receive(self.socket, 18)
        option = struct.pack('>I', len(name)) + name.encode() + struct.pack('>H', 0)
        self.socket.sendall(struct.pack('>I', 1) + b'IHAVEOPT' + struct.pack('>II', 7, len(option)) + option)
        while True:
            _, _, kind, length = struct.unpack('>QIII', receive(self.socket, 20))
            data = receive(self.socket, length)
            if kind & 0x80000000:
                raise LookupError(data.decode())
            if kind == 1:
                return

    def ask(self, kind, sector, count, data=b''):
        request = struct.pack('>IHHQQI', 0x25609513, 0, kind, 1, sector * SECTOR, count * SECTOR)
        self.socket.sendall(request + data)
        _, error, _ = struct.unpack('>IIQ', receive(self.socket, 16))
        if error:
            return {'errno': {5: 'EIO', 22: 'EINVAL'}.get(error, error)}
        return {'data': tags_of(receive(self.socket, count * SECTOR))} if kind == 0 else 'ok'


class Qemu:
    def __init__(self, directory):
        self.directory, self.path = directory, directory + '/nbd'
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)
        # QEMU connects, not the script: a QEMU 7.2 that is connected to while it starts may lose a byte of what it is sent.
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(directory + '/qmp')
        listener.listen(1)
        listener.settimeout(0.01)
        arguments = ['-machine', 'none', '-nodefaults', '-display', 'none', '-qmp', f'unix:{directory}/qmp']
        self.process = subprocess.Popen([QEMU] + arguments, stderr=subprocess.DEVNULL)
        while True:
            try:
                self.socket, _ = listener.accept()
                break
            except socket.timeout:
                if self.process.poll() is not None:
                    sys.exit(f'{QEMU} does not start')
        listener.close()
        self.socket.settimeout(WAIT_SECONDS)
        self.lines = self.socket.makefile('rwb', buffering=0)
        self.lines.readline()
        self.ask('qmp_capabilities')
        self.ask('nbd-server-start', addr={'type': 'unix', 'data': {'path': self.path}})

    def ask(self, command, **given):
        """The value that is returned, or {'error': description}."""
        given = {name.replace('_', '-'): value for name, value in given.items()}
        try:
            self.lines.write((json.dumps({'execute': command, 'arguments': given}) + '\n').encode())
            while True:
                line = self.lines.readline()
                if not line:
                    raise Died()
                message = json.loads(line)
                if 'return' in message:
                    return message['return']
                if 'error' in message:
                    return {'error': message['error']['desc']}
        except (BrokenPipeError, ConnectionResetError):
            raise Died()

    def must(self, command, **given):
        answer = self.ask(command, **given)
        if isinstance(answer, dict) and 'error' in answer:
            sys.exit(f'{command}: {answer["error"]}')
        return answer

    def export(self, node, name, writable, must=True):
        do = self.must if must else self.ask
        return do('block-export-add', type='nbd', id=name, node_name=node, name=name, writable=writable)

    def delete_export(self, name):
        self.ask('block-export-del', id=name, mode='hard')
        while any(each['id'] == name for each in self.ask('query-block-exports')):
            time.sleep(0.01)

    def kill(self):
        self.process.kill()
        self.process.wait()


def runs(tags):
    parts, start = [], 0
    for end in range(1, len(tags) + 1):
        if end == len(tags) or tags[end] != tags[start]:
            parts.append(f'{start}-{end - 1}: {tags[start]}' if end - 1 > start else f'{start}: {tags[start]}')
            start = end
    return ', '.join(parts)
