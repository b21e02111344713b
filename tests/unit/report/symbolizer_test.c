/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * symbolizer_test.c - the program that names places: how often it runs, that nothing is left of it, and others in its
 * place, which die, talk nonsense or never end. They are shell scripts, first in the PATH.
 */
#include "child.h"
#include "symbols.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PLACES_MOST = 5000 };

static image *guest;
static char directory[] = "/tmp/airlock-symbolizer-XXXXXX";
static char script[64], starts[64];

static int set_up(void **state)
{
    (void)state;
    char path[4096];
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(script, sizeof script, "%s/llvm-symbolizer", directory);
    snprintf(starts, sizeof starts, "%s/starts", directory);
    snprintf(path, sizeof path, "%s:%s", directory, getenv("PATH"));
    unsetenv("LLVM_SYMBOLIZER_PATH");
    return setenv("PATH", path, 1) == 0 && image_read_file(GUEST, &guest) == IMAGE_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    image_close(guest);
    remove(script);
    remove(starts);
    return rmdir(directory);
}

/* Each start of the script leaves a byte. */
static void put_in_place(const char *body)
{
    FILE *out = fopen(script, "w");
    assert_non_null(out);
    fprintf(out, "#!/bin/sh\nprintf x >>%s\n%s\n", starts, body);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(script, 0700), 0);
    remove(starts);
}

static long times_started(void)
{
    struct stat s;
    return stat(starts, &s) == 0 ? (long)s.st_size : 0;
}

static size_t open_descriptors(void)
{
    size_t count = 0;
    DIR *all = opendir("/proc/self/fd");
    assert_non_null(all);
    while (readdir(all) != NULL)
        count++;
    closedir(all);
    return count;
}

static bool has_children(void) { return waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD; }

static symbol_place place_of(const char *name)
{
    const image_symbol *all;
    size_t count = image_symbols(guest, &all);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(all[i].name, name) == 0)
            return (symbol_place){guest, all[i].rva, false};
    }
    fail_msg("%s has no symbol %s", GUEST, name);
    return (symbol_place){0};
}

/* By name in any case; true: with its line. */
static bool has_line(symbols *s, const char *name)
{
    char text[64];
    const symbol *found = symbols_at(s, place_of(name));
    snprintf(text, sizeof text, "guest!%s", name);
    assert_string_equal(found->text, text);
    return found->file != NULL && found->line != 0;
}

static void assert_note(const symbols *s, const char *text)
{
    const char *note = symbols_note(s);
    if (note == NULL || strstr(note, text) == NULL)
        fail_msg("want a note '%s', have '%s'", text, note != NULL ? note : "");
}

/* The true one ------------------------------------------------------------ */

static void one_start_for_all_questions(void **state)
{
    (void)state;
    put_in_place("exec llvm-symbolizer \"$@\"");
    symbols *s = symbols_create();
    assert_int_equal(times_started(), 0);
    assert_true(has_line(s, "Leaf"));
    assert_true(has_line(s, "Outer"));
    assert_true(has_line(s, "Main"));
    assert_int_equal(times_started(), 1);
    symbols_rest(s);
    assert_true(has_line(s, "Main")); /* known */
    assert_int_equal(times_started(), 1);
    assert_true(has_line(s, "Saves"));
    assert_int_equal(times_started(), 2);
    assert_null(symbols_note(s));
    symbols_destroy(s);
}

static void none_where_lines_are_not_wanted(void **state)
{
    (void)state;
    put_in_place("exec llvm-symbolizer \"$@\"");
    symbols *s = symbols_create();
    symbols_forgo_lines(s);
    assert_false(has_line(s, "Leaf"));
    assert_string_equal(symbols_kind(s, guest), "DWARF");
    assert_null(symbols_note(s));
    assert_int_equal(times_started(), 0);
    symbols_destroy(s);
}

/* Processes that are forked have nothing of it, and it is no zombie. An image without a file is one more descriptor. */
static void nothing_is_left(void **state)
{
    (void)state;
    size_t size, before = open_descriptors();
    const void *bytes = image_bytes(guest, &size);
    image *copy = NULL;
    put_in_place("exec llvm-symbolizer \"$@\"");
    symbols *s = symbols_create();
    symbol_place leaf = place_of("Leaf");
    assert_int_equal(image_open("guest.exe", bytes, size, &copy), IMAGE_OK);
    assert_true(has_line(s, "Leaf"));
    leaf.img = copy; /* it runs already: it cannot inherit this one */
    assert_non_null(symbols_at(s, leaf)->file);
    assert_true(has_children());
    symbols_rest(s);
    assert_int_equal(open_descriptors(), before);
    assert_false(has_children());
    assert_true(has_line(s, "Outer"));
    symbols_destroy(s);
    assert_int_equal(open_descriptors(), before);
    assert_false(has_children());
    image_close(copy);
}

/* More than sockets hold, both ways. */
static void ask_very_much(symbols *s)
{
    static symbol_place places[PLACES_MOST];
    symbol_place leaf = place_of("Leaf");
    assert_true(leaf.rva >= 0x1000 && leaf.rva < 0x1000 + PLACES_MOST);
    for (uint32_t i = 0; i < PLACES_MOST; i++)
        places[i] = (symbol_place){guest, 0x1000 + i, false};
    symbols_resolve(s, places, PLACES_MOST);
}

static void many_questions_at_once(void **state)
{
    (void)state;
    put_in_place("exec llvm-symbolizer \"$@\"");
    symbols *s = symbols_create();
    ask_very_much(s);
    assert_null(symbols_note(s));
    assert_true(has_line(s, "Leaf"));
    assert_int_equal(times_started(), 1);
    symbols_destroy(s);
}

/* Others ------------------------------------------------------------ */

/* It answers one question: that is kept, and it is not asked again. */
static void dies_in_the_middle(void **state)
{
    (void)state;
    size_t before = open_descriptors();
    symbol_place places[] = {place_of("Leaf"), place_of("Outer"), place_of("Main")};
    put_in_place("head -n 1 | llvm-symbolizer \"$@\"");
    symbols *s = symbols_create();
    symbols_resolve(s, places, 3);
    assert_note(s, "did not answer");
    assert_true(has_line(s, "Leaf"));
    assert_false(has_line(s, "Outer"));
    assert_false(has_line(s, "Saves"));
    assert_int_equal(times_started(), 1);
    assert_int_equal(open_descriptors(), before);
    assert_false(has_children());
    symbols_destroy(s);
}

/* While questions are still being written. */
static void dies_while_it_is_asked(void **state)
{
    (void)state;
    put_in_place("read -r line");
    symbols *s = symbols_create();
    ask_very_much(s);
    assert_note(s, "did not answer");
    assert_false(has_line(s, "Leaf"));
    symbols_destroy(s);
    assert_false(has_children());
}

/* Between two questions: the second is written to one that is gone. */
static void dies_when_it_is_not_asked(void **state)
{
    (void)state;
    put_in_place("IFS= read -r line; echo \"$line\" | llvm-symbolizer \"$@\"");
    symbols *s = symbols_create();
    assert_true(has_line(s, "Leaf"));
    assert_false(has_line(s, "Outer"));
    assert_note(s, "did not answer");
    symbols_destroy(s);
    assert_false(has_children());
}

static void talks_nonsense(void **state)
{
    (void)state;
    static const char *const nonsense[] = {
        "while read line; do echo no JSON; done",
        "while read line; do echo '[1, 2]'; done",
        "while read line; do printf '{\"Symbol\": 3}\\n{\"Symbol\": 3}\\n'; done",     /* too many answers */
        "while read line; do echo '{\"Symbol\": 3, \"Address\": \"0x1\"}'; done",      /* to another question */
        "while read line; do echo '{\"Symbol\": [{\"Line\": \"x\"}, 7]}'; exit; done", /* of the wrong types */
        "cat /dev/zero",                                                               /* a line without an end */
        "echo too early",
        "exec 0<&-; exec 1>&-; sleep 600",
        "exit 1",
    };
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        print_message("%s\n", nonsense[i]);
        put_in_place(nonsense[i]);
        symbols *s = symbols_create();
        assert_false(has_line(s, "Leaf"));
        assert_false(has_line(s, "Outer"));
        assert_note(s, "did not answer");
        assert_int_equal(times_started(), 1);
        symbols_destroy(s);
        assert_false(has_children());
    }
}

/* A program that never ends, and what it has started, are ended. */
static void child_that_hangs(void **state)
{
    (void)state;
    char *const argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char[]){"echo begun; printf half; sleep 600"}, NULL};
    const char *line;
    size_t length, before = open_descriptors();
    child c;
    assert_int_equal(child_start(&c, "sh", argv), CHILD_OK);
    assert_int_equal(child_line(&c, child_now() + 20000, &line, &length), CHILD_OK);
    assert_int_equal(length, 5);
    assert_memory_equal(line, "begun", 5);
    assert_int_equal(child_line(&c, child_now() + 300, &line, &length), CHILD_TIMED_OUT);
    child_end(&c);
    assert_int_equal(child_start(&c, "/nonexistent", argv), CHILD_NOT_FOUND);
    assert_int_equal(open_descriptors(), before);
    assert_false(has_children());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_start_for_all_questions),
        cmocka_unit_test(none_where_lines_are_not_wanted),
        cmocka_unit_test(nothing_is_left),
        cmocka_unit_test(many_questions_at_once),
        cmocka_unit_test(dies_in_the_middle),
        cmocka_unit_test(dies_when_it_is_not_asked),
        cmocka_unit_test(dies_while_it_is_asked),
        cmocka_unit_test(talks_nonsense),
        cmocka_unit_test(child_that_hangs),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
