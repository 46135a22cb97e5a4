"""What the rules find, and what they let be: `semgrep --test` reads the comments."""

import asyncio
import csv
import os
import pickle
import random
import ssl
import subprocess


def safe(text, name):
    # ruleid: safe-strings-come-from-templates
    mark_safe(text)
    # ruleid: safe-strings-come-from-templates
    SafeString(f"<b>{text}</b>")
    # ok: safe-strings-come-from-templates
    format_html("<b>{}</b>", text)


def shell(words):
    # ruleid: no-shell
    subprocess.run(words, shell=True)
    # ruleid: no-shell
    os.system("ls")
    # ruleid: no-shell
    asyncio.create_subprocess_shell("ls")
    # ok: no-shell
    subprocess.run(["ls", words], check=True)


def sql(cursor, name, query):
    # ruleid: no-sql-by-format
    cursor.execute(f"SELECT 1 FROM t WHERE n = '{name}'")
    # ruleid: no-sql-by-format
    cursor.execute("SELECT 1 FROM t WHERE n = '%s'" % name)
    # ruleid: no-sql-by-format
    cursor.execute("SELECT 1 FROM t WHERE n = " + name)
    # ruleid: no-sql-by-format
    query.extra(where=[name])
    # ok: no-sql-by-format
    cursor.execute("SELECT 1 FROM t WHERE n = %s", [name])


def tls(client, context):
    # ruleid: tls-is-verified
    client(verify=False)
    # ruleid: tls-is-verified
    context.verify_mode = ssl.CERT_NONE
    # ruleid: tls-is-verified
    context.check_hostname = False
    # ok: tls-is-verified
    client(verify=context)


def logs(log, request, found, password, number):
    # ruleid: no-secret-in-logs
    log.info("login", password)
    # ruleid: no-secret-in-logs
    log.warning("login", given=password)
    # ruleid: no-secret-in-logs
    log.warning("refused %s", found.access_token)
    # ruleid: no-body-in-logs
    log.info("request", request.POST)
    # ruleid: no-body-in-logs
    log.info("request", path=request.get_full_path())
    # ok: no-secret-in-logs, no-body-in-logs
    log.info("login", number=number)


def chance():
    # ruleid: chance-comes-from-secrets
    random.choice("abc")
    # ok: chance-comes-from-secrets
    random.SystemRandom()


def follow(request, number):
    # ruleid: no-open-redirect
    redirect(request.GET.get("next"))
    there = request.POST["next"]
    # ruleid: no-open-redirect
    HttpResponseRedirect(there)
    # ruleid: no-open-redirect
    HttpResponseRedirect(f"{there}?a=1")
    # ok: no-open-redirect
    redirect(path_within(request, request.GET.get("next")))
    # ok: no-open-redirect
    redirect("orders:product", request.GET["number"])
    # ok: no-open-redirect
    HttpResponseRedirect(f"?{there}")


def compare(found, given):
    # ruleid: secrets-are-compared-in-constant-time
    found.token == given
    # ok: secrets-are-compared-in-constant-time
    hmac.compare_digest(found.token, given)


def ask(client, url):
    # ruleid: no-redirects-followed
    client.get(url, follow_redirects=True)
    # ok: no-redirects-followed
    client.get(url)


# ruleid: csrf-is-checked-where-browsers-come
@csrf_exempt
def door(request):
    return None


# ok: csrf-is-checked-where-browsers-come
@require_POST
def other_door(request):
    return None


def read(octets):
    # ruleid: nothing-is-unpickled
    pickle.loads(octets)
    # ruleid: nothing-is-unpickled
    eval(octets)
    # ok: nothing-is-unpickled
    json.loads(octets)


def table(file, rows):
    # ruleid: tables-are-guarded
    csv.writer(file).writerows(rows)
    # ok: tables-are-guarded
    csv.reader(file)


class Form:
    # ruleid: days-are-bounded
    day = forms.DateField()
    # ok: days-are-bounded
    other = DayField()
