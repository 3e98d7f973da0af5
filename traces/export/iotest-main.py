def log_step(number, what, answer):
    print(f'{number:3} {what}')
    print(f'        {text(answer)}', flush=True)


# Prints what was answered; what is expected lies beside, in the file of the same name with .out.
def iotest(nodes, steps, shown_at_end):
    host = Host(nodes, [step for step, _ in steps])
    try:
        for number, _, what, answer in played(host, steps):
            log_step(number, what, answer)
        for index in shown_at_end:
            content = bytes(host.storage.disks['secondary' + suffix(index)])
            print(f'secondary disk of node {index}: {runs(tags_of(content))}')
    finally:
        end(host)
