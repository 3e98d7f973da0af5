class Host:
    """The nodes of one case, wired as docs/block-replication.txt has them."""

    def __init__(self, nodes, operations):
        self.nodes, self.operations = nodes, operations
        self.directory = tempfile.mkdtemp(prefix='colo-', dir='/dev/shm' if os.path.isdir('/dev/shm') else None)
        self.storage = Storage(self.directory + '/disks')
        self.dead, self.peers = None, {}
        for index, node in enumerate(nodes):
            length = node['geometry']['lengthSectors']
            extra = 'secondaryLonger' in node['defects']
            disk = self.storage.disks['secondary' + suffix(index)] = bytearray((length + extra) * SECTOR)
            for extent in node['initialContent']:
                first, last = extent['sector'] * SECTOR, (extent['sector'] + extent['count']) * SECTOR
                disk[first:last] = pattern(extent['tag'], extent['count'])
            for bad in node['badSectors']:
                self.bad_sectors(bad['disk'], index).append(bad)
            if node['mode'] == 'primary':
                self.restore_link(index)
        self.begin()

    def bad_sectors(self, disk, index):
        layer = 'secondary' if disk == 'secondary' else disk + '-data'
        return self.storage.bad.setdefault(layer + suffix(index), [])

    def mentions(self, index, *names):
        return any(o['op'] in names and o.get('node', 0) == index and o.get('disk') != 'secondary' for o in self.operations)

    def nbd(self, name):
        return {'driver': 'nbd', 'server': {'type': 'unix', 'path': self.directory + '/disks'}, 'export': name}

    def secondary(self, qemu, index, name, read_only=False, unmaps=False, extra=0):
        end, length = suffix(index), self.nodes[index]['geometry']['lengthSectors'] + extra
        if unmaps:  # Not over a quorum, which drops discards.
            store = self.nbd('store' + end) | {'discard': 'unmap'}
            qemu.must('blockdev-add', driver='raw', node_name=name, size=length * SECTOR, discard='unmap', file=store, read_only=read_only)
            return
        # A held write must not keep reads waiting: they have a connection of their own.
        store = {'driver': 'blkdebug', 'image': self.nbd('store' + end), 'inject-error': [{'event': 'none', 'iotype': 'read', 'errno': 5}]}
        quorum = {'driver': 'quorum', 'read-pattern': 'fifo', 'vote-threshold': 2, 'children': [self.nbd('reads' + end), store]}
        # A node of its own, which is writable whatever the disk above it is.
        qemu.must('blockdev-add', node_name='storage' + end, **quorum)
        qemu.must('blockdev-add', driver='raw', node_name=name, size=length * SECTOR, file='storage' + end, read_only=read_only)

    def begin(self):
        self.qemu = Qemu(self.directory + '/qemu')
        for index, node in enumerate(self.nodes):
            self.build(index, node, set(node['defects']))

    def build(self, index, node, defects):
        qemu, end = self.qemu, suffix(index)
        bare = 'secondaryWithoutBackend' in defects
        unshared = {'hiddenWriteUnshared', 'secondaryWriteUnshared'} & defects
        read_only = 'secondary' in node['readOnly']
        self.secondary(qemu, index, ('below-' if bare else '') + 'secondary' + end, read_only, node['mode'] == 'secondary' and 'secondaryUnmaps' in defects, int('secondaryLonger' in defects))
        if bare:
            qemu.must('blockdev-add', driver='raw', node_name='secondary' + end, file='below-secondary' + end)
        qemu.export(('below-' if bare else '') + 'secondary' + end, 'secondary' + end, not (read_only or unshared))
        if node['mode'] == 'primary':
            return
        if 'secondaryWriteUnshared' in defects:
            self.unshare('secondary' + end, end, node)
        fixed = 'hiddenFileReadOnly' in defects
        hidden_only = fixed or 'hidden' in node['readOnly']
        backing = None if 'hiddenWithoutBacking' in defects else 'secondary' + end
        extra = SECTOR * (('lengthsDiffer' in defects) - ('hiddenShorter' in defects))
        self.overlay('hidden', index, 'qed' if 'hiddenCannotBeEmptied' in defects else 'qcow2', backing, hidden_only, fixed, extra)
        if 'hiddenWriteUnshared' in defects:
            self.unshare('hidden' + end, end, node)
        backing = None if 'activeWithoutBacking' in defects else 'hidden' + end
        self.overlay('active', index, 'qed' if 'makeEmptyUnsupported' in defects else 'qcow2', backing, 'active' in node['readOnly'], False, SECTOR * (('activeLonger' in defects) - ('activeShorter' in defects)))
        if 'hiddenExported' in defects:
            qemu.export('hidden' + end, 'hidden' + end, False)
        if 'topIdUnrelated' in defects:
            self.null('other' + end, node)
        if 'secondaryBusy' in defects:
            self.null('busy-target' + end, node)
            qemu.must('blockdev-backup', job_id='busy' + end, device='secondary' + end, target='busy-target' + end, sync='none')

    def null(self, name, node):
        self.qemu.must('blockdev-add', driver='null-co', node_name=name, size=node['geometry']['lengthSectors'] * SECTOR, read_zeroes=True)

    def unshare(self, disk, end, node):
        self.null('cb-target' + end, node)
        self.qemu.must('blockdev-add', driver='copy-before-write', node_name='cb' + end, file=disk, target='cb-target' + end)
        self.qemu.export('cb' + end, 'cb' + end, False)

    def overlay(self, name, index, form, backing, read_only, fixed, extra):
        end, geometry = suffix(index), self.nodes[index]['geometry']
        length, cluster = geometry['lengthSectors'] * SECTOR + extra, geometry[name + 'ClusterSectors'] * SECTOR
        path = f'{self.directory}/{name}{end}'
        faulty = any(bad['disk'] != 'secondary' for bad in self.nodes[index]['badSectors']) or self.mentions(index, 'breakSector')
        options = [f'cluster_size={cluster}'] if form == 'qcow2' else []
        if faulty:
            options.append(f'data_file={path}.data')
        subprocess.run([QEMU_IMG, 'create', '-q', '-f', form] + (['-o', ','.join(options)] if options else []) + [path, str(length)], check=True)
        file = {'driver': 'file', 'filename': path, **({'read-only': True} if fixed else {})}
        more = {}
        if faulty:
            self.storage.disks[f'{name}-data{end}'] = bytearray(-(-length // cluster) * cluster)
            more['data_file'] = self.nbd(f'{name}-data{end}')
        elif self.mentions(index, 'failEmptying') and form == 'qcow2':
            with open(path, 'rb') as image:
                self.storage.disks[name + end] = bytearray(image.read()) + bytearray(2 * length + 16 * cluster)
            file = self.nbd(name + end)
        if read_only:
            more['read_only'] = True
        self.qemu.must('blockdev-add', driver=form, node_name=name + end, file=file, backing=backing, **more)

    def restore_link(self, index):
        self.peers[index] = peer = Qemu(self.directory + '/peer' + suffix(index))
        self.secondary(peer, index, 'disk')
        peer.export('disk', 'peer', True)

    def commit_runs(self, index):
        graph = self.qemu.ask('x-debug-query-block-graph')
        names = {node['id']: node['name'] for node in graph['nodes']}
        files = [names[edge['child']] for edge in graph['edges'] if names[edge['parent']] == 'rep' + suffix(index) and edge['name'] == 'file']
        return bool(files) and files[0] not in ('active' + suffix(index), 'secondary' + suffix(index))


def named(host, text):
    if text.startswith('Failed to empty ') and host.storage.fired:
        text = f'Failed to empty {host.storage.fired.pop()}: Input/output error'
    if text.startswith('Failed to connect to '):
        text = "Failed to connect to 'peer': Connection refused"
    return ''.join(part if n == 0 else '#block' + part.lstrip('0123456789') for n, part in enumerate(text.split('#block')))


def told(host, answer):
    return {'error': named(host, answer['error'])} if isinstance(answer, dict) and 'error' in answer else 'ok'


def opened(host, index):
    node, end = host.nodes[index], suffix(index)
    if host.dead is not None:
        host.dead = None
        host.begin()
    options = {'driver': 'replication', 'node_name': 'rep' + end}
    primary, defects = node['mode'] == 'primary', node['defects']
    options['read_only'] = read_only = 'node' in node['readOnly']
    peer = f'{host.directory}/peer{end}/nbd'
    if 'modeMissing' in defects or 'modeUnknown' in defects:
        file = f'file.driver=nbd,file.server.type=unix,file.server.path={peer},file.export=peer' if primary else 'file=active' + end
        mode = '' if 'modeMissing' in defects else ',mode=tertiary'
        line = f'drive_add -n 0 driver=replication,node-name=rep{end},{file}{mode}' + (',read-only=on' if read_only else '')
        said = host.qemu.ask('human-monitor-command', command_line=line)
        return {'error': named(host, said.strip().removeprefix('Error: '))}
    if primary:
        options['file'] = {'driver': 'nbd', 'server': {'type': 'unix', 'path': peer}, 'export': 'peer'}
    else:
        options['file'] = 'active' + end
    if ('topIdOnPrimary' in defects) if primary else ('topIdMissing' not in defects):
        names = {'topIdInvalid': 'nowhere', 'topIdUnrelated': 'other', 'topIdNoRoot': 'active', 'topIdAbove': 'above'}
        options['top_id'] = next((names[defect] for defect in defects if defect in names), 'rep') + end
    answer = host.qemu.ask('blockdev-add', mode=node['mode'], **options)
    if told(host, answer) == 'ok':
        if 'topIdAbove' in defects:
            host.qemu.must('blockdev-add', driver='raw', node_name='above' + end, file='rep' + end)
        host.qemu.export('rep' + end, 'rep' + end, not read_only, must=False)
    return told(host, answer)


def closed(host, index):
    name = 'rep' + suffix(index)
    had = any(each['id'] == name for each in host.qemu.ask('query-block-exports'))
    if had:
        host.qemu.delete_export(name)
    above = ['above' + suffix(index)] if had and 'topIdAbove' in host.nodes[index]['defects'] else []
    answers = (told(host, host.qemu.ask('blockdev-del', node_name=each)) for each in above + [name])
    answer = next((each for each in answers if each != 'ok'), 'ok')
    if answer != 'ok' and had:
        host.qemu.export(name, name, 'node' not in host.nodes[index]['readOnly'], must=False)
    return answer


def stopped(host, given, hold):
    running = [] if not given.get('failover') else [i for i, node in enumerate(host.nodes) if node['mode'] == 'secondary']
    if hold:
        host.storage.hold_on.update('store' + suffix(index) for index in running)
    host.storage.stopping = True
    answer = told(host, host.qemu.ask('xen-set-replication', enable=False, **given))
    host.storage.stopping = False
    for index in running if hold else []:
        store, last = 'store' + suffix(index), -1
        while host.commit_runs(index) and len(host.storage.held.get(store, [])) != last:
            last = len(host.storage.held.get(store, []))
            time.sleep(0.2)
        if not host.commit_runs(index):
            host.storage.release(store)
    return answer


def settled(host, index):
    host.storage.release('store' + suffix(index))
    while host.commit_runs(index):
        time.sleep(0.01)
    return 'ok'


def requested(host, step):
    name, index = step['op'], step.get('node', 0)
    sector, count = step.get('sector', 0), step.get('count', 0)
    kinds = {'Read': 0, 'Write': 1, 'Flush': 3, 'Discard': 4, 'WriteZeroes': 6}
    kind = kinds[name.removeprefix('guest').removeprefix('primary')]
    data = pattern(step['tag'], count) if kind == 1 else b''
    export = ('rep' if name.startswith('guest') else 'secondary') + suffix(index)
    try:
        host.storage.primary = name.startswith('primary')
        return Export(host.qemu.path, export).ask(kind, sector, count, data)
    except LookupError as refused:
        return {'error': str(refused.args[0])}
    finally:
        host.storage.primary = False


def carry_out(host, step, hold):
    name, index = step['op'], step.get('node', 0)
    if name == 'breakSector':
        host.bad_sectors(step['disk'], index).append(step)
    elif name == 'repairSectors':
        host.bad_sectors(step['disk'], index).clear()
    elif name == 'failEmptying':
        host.storage.armed[step['disk'] + suffix(index)] = step['how']
    elif name == 'cutLink':
        host.peers[index].kill()
    elif name == 'restoreLink':
        host.restore_link(index)
    elif name == 'open':
        return opened(host, index)
    elif host.dead is not None:
        return 'dead'
    elif name == 'close':
        return closed(host, index)
    elif name == 'commitSettle':
        return settled(host, index)
    elif name == 'start':
        return told(host, host.qemu.ask('xen-set-replication', enable=True, primary=step['mode'] == 'primary'))
    elif name == 'stop':
        return stopped(host, {'primary': False, 'failover': step['failover']}, hold)
    elif name == 'setReplication':
        given = {'primary': step['primary']}
        if step['failover'] is not None:
            given['failover'] = step['failover']
        if not step['enable']:
            return stopped(host, given, hold)
        return told(host, host.qemu.ask('xen-set-replication', enable=True, **given))
    elif name == 'checkpoint':
        return told(host, host.qemu.ask('xen-colo-do-checkpoint'))
    elif name in ('getError', 'queryStatus'):
        status = host.qemu.ask('query-xen-replication-status')
        if name == 'queryStatus':
            return {'status': status.get('desc')}
        return {'error': status['desc']} if status['error'] else 'ok'
    else:
        return requested(host, step)
    return 'ok'


def text(answer):
    if not isinstance(answer, dict):
        return 'the process dies' if answer == 'dead' else str(answer)
    (kind, value), = answer.items()
    return f'{kind} {runs(value) if kind == "data" else value}'


# The number of each step, the step, what stands beside it, and what was answered.
def played(host, steps):
    for number, (step, beside) in enumerate(steps, 1):
        later = [each['op'] for each, _ in steps[number:]]
        hold = 'commitSettle' in later and later[0] != 'commitSettle'
        try:
            answer = carry_out(host, step, hold)
        except (Died, ConnectionResetError, BrokenPipeError):
            host.dead = host.qemu.process.wait()
            answer = 'dead'
        yield number, step, beside, answer


def end(host):
    host.qemu.kill()
    for peer in host.peers.values():
        peer.kill()
    shutil.rmtree(host.directory, ignore_errors=True)


def main(nodes, steps, contents):
    if shutil.which(QEMU) is None or shutil.which(QEMU_IMG) is None:
        print(f'{QEMU} and {QEMU_IMG} are needed: install them, or name them in QEMU and QEMU_IMG', file=sys.stderr)
        return 3
    host = Host(nodes, [step for step, _ in steps])
    differences = 0
    try:
        for number, step, expected, actual in played(host, steps):
            differences += actual != expected
            print(f'{"  " if actual == expected else "! "}{number:3} {json.dumps(step)}')
            print(f'        expected {text(expected)}')
            print(f'        actual   {text(actual)}')
        for index, expected in enumerate(contents):
            if expected is None:
                print(f'  secondary disk of node {index}: a commit failed, what landed of it is not one value')
                continue
            length = host.nodes[index]['geometry']['lengthSectors']
            actual = tags_of(bytes(host.storage.disks['secondary' + suffix(index)])[: length * SECTOR])
            differences += actual != expected
            print(f'{"  " if actual == expected else "! "}secondary disk of node {index}')
            print(f'        expected {runs(expected)}\n        actual   {runs(actual)}')
    finally:
        end(host)
    print('QEMU does what was expected' if differences == 0 else f'{differences} differences')
    return 0 if differences == 0 else 1
