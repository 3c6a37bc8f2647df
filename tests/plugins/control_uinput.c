/* SPDX-License-Identifier: GPL-3.0-or-later */
/* control_uinput.c: control-evdev with a real device of the kernel, made through uinput. Skipped
 * where the machine has no /dev/uinput, or does not let us. The kernel's stamps tell the time, so
 * only the order of things is checked. usage: control_uinput PLUGIN */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <libevdev/libevdev-uinput.h>
#include <libevdev/libevdev.h>
#include <unistd.h>

#include "controlkit.h"

#define NAME "Limber test switch"

static const char *plugin_file;

static int make_switch(struct libevdev_uinput **device)
{
    struct libevdev *about = libevdev_new();
    libevdev_set_name(about, NAME);
    libevdev_enable_event_code(about, EV_KEY, KEY_B, NULL);
    libevdev_enable_event_code(about, EV_KEY, KEY_NEXTSONG, NULL);
    int result = libevdev_uinput_create_from_device(about, LIBEVDEV_UINPUT_OPEN_MANAGED, device);
    libevdev_free(about);
    return result;
}

static void send(struct libevdev_uinput *device, unsigned code, int value)
{
    assert_int_equal(libevdev_uinput_write_event(device, EV_KEY, code, value), 0);
    assert_int_equal(libevdev_uinput_write_event(device, EV_SYN, SYN_REPORT, 0), 0);
}

/* Serves descriptors until the session was told something, or `seconds` have passed. */
static bool told(const char *words, int seconds)
{
    for (int i = 0; i < seconds * 100 && !strstr(kit.said, words); i++) {
        if (!kit_serve())
            poll(NULL, 0, 10);
    }
    return strstr(kit.said, words);
}

static void a_real_device(void **state)
{
    struct libevdev_uinput *device = NULL;
    kit_reset(plugin_file);
    kit_set("device", NAME);
    kit_set("grab", "yes");
    assert_int_equal(kit_start(), LIMBER_OK); /* before it is there */
    int made = make_switch(&device);
    assert_int_equal(made, 0);
    for (int i = 0; i < 500 && !strstr(kit.logged, "listening to " NAME); i++) {
        if (!kit_serve())
            poll(NULL, 0, 10);
    }
    if (!strstr(kit.logged, "listening to " NAME))
        fail_msg("the device was not found: %s", kit.logged);
    send(device, KEY_B, 1);
    assert_true(told("pause", 5));
    send(device, KEY_B, 0);
    send(device, KEY_NEXTSONG, 1);
    assert_true(told("next", 5));
    libevdev_uinput_destroy(device);
    for (int i = 0; i < 500 && !strstr(kit.logged, "is gone"); i++) {
        if (!kit_serve())
            poll(NULL, 0, 10);
    }
    assert_non_null(strstr(kit.logged, NAME " is gone"));
    assert_int_equal(kit_stop(), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_real_device)};
    struct libevdev_uinput *probe = NULL;
    plugin_file = argc > 1 ? argv[1] : "control-evdev.so";
    int result = make_switch(&probe);
    if (result != 0) {
        printf("skipped: no device can be made through /dev/uinput: %s\n", strerror(-result));
        return 77;
    }
    libevdev_uinput_destroy(probe);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
