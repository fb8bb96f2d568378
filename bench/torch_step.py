"""
Training step of an S5 network in PyTorch, for bench/torch.js.

Reads one JSON line with the network, its parameters and the input, then one line per request:
`{"threads": 2, "form": "loop"}`. Answers each request with a JSON line that has the CPU and wall-clock
time of one step in milliseconds. `{"gradients": true}` adds the gradients to the answer.
"""

import json
import resource
import sys
import time

import torch
import torch.nn.functional as F


def scan_loop(drive, lambda_bar):
    """States of x_k = lambda x_{k-1} + drive_k as real tensors, one step of [batch, P] at a time."""
    lambda_re, lambda_im = lambda_bar.real, lambda_bar.imag
    all_re, all_im = drive.real.unbind(0), drive.imag.unbind(0)
    re, im = all_re[0], all_im[0]
    states = [torch.stack([re, im], -1)]
    for drive_re, drive_im in zip(all_re[1:], all_im[1:]):
        re, im = (
            torch.addcmul(drive_re, lambda_re, re) - lambda_im * im,
            torch.addcmul(drive_im, lambda_re, im) + lambda_im * re,
        )
        states.append(torch.stack([re, im], -1))
    return torch.view_as_complex(torch.stack(states))


def scan_doubling(drive, lambda_bar):
    """The same states by log2(T) passes: each adds a power of lambda times earlier states."""
    states, step = drive, 1
    while step < states.shape[0]:
        states = torch.cat([states[:step], torch.addcmul(states[step:], lambda_bar, states[:-step])])
        lambda_bar, step = lambda_bar * lambda_bar, 2 * step
    return states


class AdjointScan(torch.autograd.Function):
    """The loop on one complex buffer in place, with its adjoint written out: no graph of 784 steps."""

    @staticmethod
    def forward(ctx, drive, lambda_bar):
        states = drive.clone()
        rows = states.unbind(0)
        for before, row in zip(rows, rows[1:]):
            row.addcmul_(lambda_bar, before)
        ctx.save_for_backward(states, lambda_bar)
        return states

    @staticmethod
    def backward(ctx, gradient):
        states, lambda_bar = ctx.saved_tensors
        adjoint = gradient.clone()
        rows = adjoint.unbind(0)
        conjugate = lambda_bar.conj().resolve_conj()
        for after, row in zip(rows[::-1], rows[-2::-1]):
            row.addcmul_(conjugate, after)
        # The sum of conj(x_{k-1}) a_k over steps and batch, from sums of real products.
        past = torch.view_as_real(states[:-1])
        own = torch.view_as_real(adjoint[1:])
        direct = (past * own).sum((0, 1, 3))
        crossed = (past[..., 0] * own[..., 1]).sum((0, 1)) - (past[..., 1] * own[..., 0]).sum((0, 1))
        return adjoint, torch.complex(direct, crossed)


FORMS = {"adjoint": AdjointScan.apply, "loop": scan_loop, "doubling": scan_doubling}


def network(parameters, layers, eps, x, form):
    """Scores [batch, outputs] of x [T, batch, inputs]: half_glu1, norm before the layer, mean pooling."""
    steps, batch, _ = x.shape
    x = F.linear(x.view(steps * batch, -1), parameters["encoder/weights"], parameters["encoder/bias"][0])
    for n in range(layers):
        own = {key: parameters[f"layer{n}/{key}"] for key in LAYER}
        u = F.batch_norm(
            x, None, None, own["scale"][0], own["bias"][0], training=True, eps=eps
        )
        drive = F.linear(u, own["b_bar"]).view(steps, batch, -1, 2)
        lambda_bar = torch.view_as_complex(own["lambda_bar"].view(-1, 2))
        states = FORMS[form](torch.view_as_complex(drive), lambda_bar)
        rows = torch.view_as_real(states).reshape(steps * batch, -1)
        y = torch.addcmul(F.linear(rows, own["c"]), own["d"], u)
        g = F.gelu(y, approximate="tanh")
        gate = torch.sigmoid(F.linear(g, own["out2/weights"], own["out2/bias"][0]))
        x = torch.addcmul(x, g, gate)
    pooled = x.view(steps, batch, -1).mean(0)
    return F.linear(pooled, parameters["decoder/weights"], parameters["decoder/bias"][0])


LAYER = ["scale", "bias", "lambda_bar", "b_bar", "c", "d", "out2/weights", "out2/bias"]


def main():
    setup = json.loads(sys.stdin.readline())
    dtype = getattr(torch, setup.get("dtype", "float32"))
    parameters = {
        name: torch.tensor(data, dtype=dtype).reshape(rows, columns).requires_grad_()
        for name, rows, columns, data in setup["parameters"]
    }
    x = torch.tensor(setup["input"], dtype=dtype)
    x = x.reshape(setup["sequences"], setup["length"], -1).transpose(0, 1).contiguous()
    labels = torch.tensor(setup["labels"])

    def step(form):
        for tensor in parameters.values():
            tensor.grad = None
        scores = network(parameters, setup["layers"], setup["eps"], x, form)
        loss = F.cross_entropy(scores, labels)
        loss.backward()
        return loss.item()

    for line in sys.stdin:
        request = json.loads(line)
        torch.set_num_threads(request["threads"])
        cpu, wall = time.process_time(), time.perf_counter()
        loss = step(request["form"])
        answer = {
            "cpu": 1000 * (time.process_time() - cpu),
            "wall": 1000 * (time.perf_counter() - wall),
            "loss": loss,
            # Linux counts kilobytes.
            "peak": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        }
        if request.get("gradients"):
            answer["gradients"] = {
                name: tensor.grad.reshape(-1).tolist() for name, tensor in parameters.items()
            }
        print(json.dumps(answer), flush=True)


main()
