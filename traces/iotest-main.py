def log_step(number, what, answer):
    print(f'{number:3} {what}')
    print(f'        {text(answer)}', flush=True)


# Prints what was answered; what is expected lies beside, in the file of the same name with .out.
def iotest(nodes, steps, shown_at_end):
    host = Host(nodes, [step for step, _ in steps])
    try:
        for number, (step, what) in enumerate(steps, 1):
            later = [each['op'] for each, _ in steps[number:]]
            hold = 'commitSettle' in later and later[0] != 'commitSettle'
            try:
                answer = carry_out(host, step, hold)
            except (Died, ConnectionResetError, BrokenPipeError):
                host.dead = host.qemu.process.wait()
                answer = 'dead'
            log_step(number, what, answer)
        for index in shown_at_end:
            content = bytes(host.storage.disks['secondary' + suffix(index)])
            print(f'secondary disk of node {index}: {runs(tags_of(content))}')
    finally:
        host.qemu.kill()
        for peer in host.peers.values():
            peer.kill()
        shutil.rmtree(host.directory, ignore_errors=True)
