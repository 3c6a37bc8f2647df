/* SPDX-License-Identifier: GPL-3.0-or-later */
/* control_evdev.c: control-evdev on a virtual clock. Recordings run through the plugin's own code;
 * devices are FIFOs in a folder, behind a libevdev of the test's that tells overflows and losses
 * when the test wants them. Real devices: control_uinput.c. usage: control_evdev PLUGIN */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libevdev/libevdev.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "controlkit.h"

static const char *plugin_file;
static char tmp[64];

/* --- the libevdev of the test: the plugin finds these before the library's --- */

struct libevdev {
    const char *name;
    unsigned keys[40]; /* ended by 0 */
    bool keyboard;     /* and all letters */
    char path[200];
    int writer;
    ino_t inode;

    int fd, opened;
    bool grabbed, monotonic;
    struct input_event sync[4];
    int sync_count;
};
static struct libevdev fakes[8];
static int fake_count;

int libevdev_new_from_fd(int fd, struct libevdev **dev)
{
    struct stat about;
    fstat(fd, &about);
    for (int i = 0; i < fake_count; i++) {
        if (fakes[i].inode == about.st_ino && fakes[i].writer >= 0) {
            *dev = &fakes[i];
            fakes[i].fd = fd;
            fakes[i].opened++;
            return 0;
        }
    }
    return -ENOTTY;
}

void libevdev_free(struct libevdev *dev)
{
    dev->grabbed = dev->monotonic = false;
    dev->opened--;
}

const char *libevdev_get_name(const struct libevdev *dev)
{
    return dev->name;
}

int libevdev_has_event_code(const struct libevdev *dev, unsigned type, unsigned code)
{
    bool letter = (code >= KEY_Q && code <= KEY_P) || (code >= KEY_A && code <= KEY_L) ||
                  (code >= KEY_Z && code <= KEY_M);
    bool found = dev->keyboard && (letter || code == KEY_ENTER || code == KEY_SPACE);
    for (int i = 0; dev->keys[i]; i++)
        found |= dev->keys[i] == code;
    return type == EV_KEY && found;
}

int libevdev_set_clock_id(struct libevdev *dev, int clock)
{
    dev->monotonic = clock == CLOCK_MONOTONIC;
    return 0;
}

int libevdev_grab(struct libevdev *dev, enum libevdev_grab_mode mode)
{
    dev->grabbed = mode == LIBEVDEV_GRAB;
    return 0;
}

int libevdev_next_event(struct libevdev *dev, unsigned flags, struct input_event *event)
{
    if (flags == LIBEVDEV_READ_FLAG_SYNC) {
        if (dev->sync_count == 0)
            return -EAGAIN;
        *event = dev->sync[0];
        memmove(dev->sync, dev->sync + 1, (size_t)--dev->sync_count * sizeof *event);
        return LIBEVDEV_READ_STATUS_SYNC;
    }
    ssize_t got = read(dev->fd, event, sizeof *event);
    if (got != (ssize_t)sizeof *event)
        return got < 0 ? -errno : -ENODEV;
    return event->type == EV_SYN && event->code == SYN_DROPPED ? LIBEVDEV_READ_STATUS_SYNC
                                                               : LIBEVDEV_READ_STATUS_SUCCESS;
}

/* --- devices of the test --- */

static const char *in_tmp(const char *name)
{
    static char paths[4][256];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof *paths, "%s/%s", tmp, name);
    return path;
}

static struct libevdev *plug(struct libevdev about, const char *name)
{
    struct libevdev *fake = &fakes[fake_count++];
    struct stat there;
    *fake = about;
    snprintf(fake->path, sizeof fake->path, "%s", in_tmp(name));
    assert_int_equal(mkfifo(fake->path, 0600), 0);
    fake->writer = open(fake->path, O_RDWR | O_CLOEXEC);
    assert_int_equal(fstat(fake->writer, &there), 0);
    fake->inode = there.st_ino;
    return fake;
}

static void unplug(struct libevdev *fake)
{
    unlink(fake->path);
    close(fake->writer);
    fake->writer = -1;
}

static struct input_event event_at(int64_t time_ms, unsigned type, unsigned code, int value)
{
    struct input_event event = {.type = (uint16_t)type, .code = (uint16_t)code, .value = value};
    event.input_event_sec = time_ms / 1000;
    event.input_event_usec = time_ms % 1000 * 1000;
    return event;
}

/* The key goes down or up at `time_ms`, and is read at once. */
static void key(struct libevdev *fake, int64_t time_ms, unsigned code, int value)
{
    kit_pass(time_ms);
    const struct input_event events[] = {event_at(time_ms, EV_KEY, code, value),
                                         event_at(time_ms, EV_SYN, SYN_REPORT, 0)};
    assert_int_equal(write(fake->writer, events, sizeof events), sizeof events);
    kit_pass(time_ms);
}

static void press(struct libevdev *fake, int64_t time_ms, unsigned code)
{
    key(fake, time_ms, code, 1);
    key(fake, time_ms + 50, code, 0);
}

static void assert_said(const char *words)
{
    kit_pass(kit.now / NSEC_PER_MSEC + 5000);
    assert_string_equal(kit.said, words);
    kit.said[0] = '\0';
}

static void assert_logged(const char *words)
{
    if (!strstr(kit.logged, words))
        fail_msg("\"%s\" is not in the log:\n%s", words, kit.logged);
}

static const struct libevdev FOOT_SWITCH = {.name = "PCsensor FootSwitch", .keys = {KEY_B}};
static const struct libevdev KEYBOARD = {
    .name = "A Keyboard", .keys = {KEY_PLAYPAUSE, KEY_NEXTSONG, KEY_VOLUMEUP}, .keyboard = true};
static const struct libevdev HEADSET = {
    .name = "Headset (AVRCP)",
    .keys = {KEY_PLAYCD, KEY_PAUSECD, KEY_NEXTSONG, KEY_PREVIOUSSONG, KEY_STOPCD}};

static int set_up(void **state)
{
    strcpy(tmp, "/tmp/limber-test-XXXXXX");
    assert_non_null(mkdtemp(tmp));
    kit_reset(plugin_file);
    kit_set("folder", tmp);
    kit.own_stamps = true;
    fake_count = 0;
    return 0;
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *ftw)
{
    return remove(path);
}

static int tear_down(void **state)
{
    if (kit.plugin)
        assert_int_equal(kit_stop(), 0);
    for (int i = 0; i < fake_count; i++) {
        assert_int_equal(fakes[i].opened, 0);
        if (fakes[i].writer >= 0)
            close(fakes[i].writer);
    }
    return nftw(tmp, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void started(void)
{
    if (kit_start() != LIMBER_OK)
        fail_msg("%s", kit.logged);
}

/* --- devices --- */

static void a_foot_switch_is_the_button(void **state)
{
    struct libevdev *foot = plug(FOOT_SWITCH, "event0");
    started();
    assert_true(foot->monotonic);
    press(foot, 100, KEY_B);
    assert_said("100:pause");
    press(foot, 10000, KEY_B);
    press(foot, 10200, KEY_B);
    assert_said("10080:play 10200:pause 10600:next 10600:play");
    key(foot, 20000, KEY_B, 1);
    key(foot, 20250, KEY_B, 2); /* repeats of the kernel's */
    key(foot, 20283, KEY_B, 2);
    assert_said("20000:pause 20600:play 20600:where");
    key(foot, 30000, KEY_B, 0);
    assert_said("");
}

static void stamps_count_not_reading(void **state)
{
    struct libevdev *foot = plug(FOOT_SWITCH, "event0");
    started();
    const struct input_event events[] = {
        event_at(100, EV_KEY, KEY_B, 1), event_at(150, EV_KEY, KEY_B, 0),
        event_at(300, EV_KEY, KEY_B, 1), event_at(350, EV_KEY, KEY_B, 0)};
    kit.now = 3000 * NSEC_PER_MSEC; /* the loop was away */
    assert_int_equal(write(foot->writer, events, sizeof events), sizeof events);
    kit_serve();
    assert_string_equal(kit.said, "3000:pause");
    assert_true(button_wake(&kit.buttons) == (350 + 30) * NSEC_PER_MSEC);
    kit_pass(3000);
    assert_non_null(strstr(kit.said, "next"));
}

static void keyboards_stay_keyboards(void **state)
{
    struct libevdev *keyboard = plug(KEYBOARD, "event3");
    kit_set("grab", "yes");
    started();
    press(keyboard, 100, KEY_ENTER);
    press(keyboard, 300, KEY_B);
    press(keyboard, 500, KEY_VOLUMEUP);
    press(keyboard, 700, KEY_NEXTSONG);
    press(keyboard, 900, KEY_PLAYPAUSE);
    assert_said("700:next 900:pause");
    assert_false(keyboard->grabbed);
}

static void a_device_that_is_named_gives_all_its_keys(void **state)
{
    struct libevdev *keyboard = plug(KEYBOARD, "event3"), *foot = plug(FOOT_SWITCH, "event4");
    kit_set("device", "keyboard");
    kit_set("grab", "yes");
    started();
    assert_true(keyboard->grabbed);
    assert_int_equal(foot->opened, 0);
    press(keyboard, 100, KEY_VOLUMEUP);
    press(keyboard, 200, KEY_ENTER);
    assert_said("100:louder 200:pause");
}

static void a_device_by_path_or_link(void **state)
{
    struct libevdev *foot = plug(FOOT_SWITCH, "event4");
    plug(HEADSET, "event5");
    assert_int_equal(mkdir(in_tmp("by-id"), 0700), 0);
    assert_int_equal(symlink("../event4", in_tmp("by-id/usb-1a86_e026-event-kbd")), 0);
    static const char *const names[] = {"event4", "by-id/usb-1a86_e026-event-kbd"};
    for (int i = 0; i < 3; i++) {
        kit_set("device", i < 2 ? in_tmp(names[i]) : "1A86_e026");
        started();
        assert_int_equal(foot->opened, 1);
        assert_int_equal(fakes[1].opened, 0);
        assert_int_equal(kit_stop(), 0);
    }
}

static void a_headset_has_one_button(void **state)
{
    struct libevdev *headset = plug(HEADSET, "event1");
    started();
    press(headset, 100, KEY_PAUSECD);
    press(headset, 250, KEY_PLAYCD); /* which it sends in turn */
    assert_said("100:pause 650:next 650:play");
    press(headset, 10000, KEY_STOPCD);
    press(headset, 11000, KEY_PREVIOUSSONG);
    assert_said("10000:pause 11000:back");
    assert_int_equal(kit.added, 1);
}

static void two_keys_of_the_button_are_one(void **state)
{
    struct libevdev *foot =
        plug((struct libevdev){.name = "Two pedals", .keys = {KEY_B, KEY_SPACE}}, "event0");
    started();
    key(foot, 100, KEY_B, 1);
    key(foot, 150, KEY_SPACE, 1);
    key(foot, 200, KEY_B, 0);
    key(foot, 250, KEY_SPACE, 0);
    assert_said("100:pause");
}

static void a_power_key_is_never_grabbed(void **state)
{
    struct libevdev *both =
        plug((struct libevdev){.name = "Remote", .keys = {KEY_POWER, KEY_OK}}, "event0");
    struct libevdev *power =
        plug((struct libevdev){.name = "Power Button", .keys = {KEY_POWER}}, "event1");
    struct libevdev *foot = plug(FOOT_SWITCH, "event2");
    kit_set("grab", "yes");
    started();
    assert_true(both->opened && !both->grabbed);
    assert_int_equal(power->opened, 0);
    assert_true(foot->grabbed);
    press(both, 100, KEY_POWER);
    press(both, 300, KEY_OK);
    assert_said("300:pause");
}

static void lost_events_are_made_up_for(void **state)
{
    struct libevdev *foot = plug(FOOT_SWITCH, "event0");
    started();
    key(foot, 100, KEY_B, 1);
    assert_string_equal(kit.said, "100:pause");
    /* The release is among those that were dropped; libevdev tells it. */
    foot->sync[0] = event_at(200, EV_KEY, KEY_B, 0);
    foot->sync_count = 1;
    const struct input_event dropped = event_at(200, EV_SYN, SYN_DROPPED, 0);
    kit_pass(200);
    assert_int_equal(write(foot->writer, &dropped, sizeof dropped), sizeof dropped);
    assert_said("100:pause");
    press(foot, 10000, KEY_B); /* and it goes on */
    assert_said("10080:play");
}

static void a_device_goes_and_comes_back(void **state)
{
    struct libevdev *foot = plug(FOOT_SWITCH, "event0");
    started();
    key(foot, 100, KEY_B, 1);
    unplug(foot); /* while it is down */
    kit_pass(300);
    assert_logged("1 PCsensor FootSwitch is gone; waiting for it");
    assert_int_equal(foot->opened, 0);
    assert_said("100:pause");
    struct libevdev *again = plug(FOOT_SWITCH, "event7");
    kit_pass(20000); /* told by the system, not by a timer */
    assert_int_equal(again->opened, 1);
    press(again, 30000, KEY_B);
    assert_said("30080:play");
}

static void devices_are_waited_for(void **state)
{
    char folder[300];
    snprintf(folder, sizeof folder, "%s/later", tmp);
    kit_set("folder", folder);
    kit_set("device", "FootSwitch");
    started();
    assert_logged("there is no device \"FootSwitch\" in ");
    kit_pass(10000);
    assert_int_equal(mkdir(folder, 0700), 0);
    struct libevdev *foot = plug(FOOT_SWITCH, "later/event0");
    assert_int_equal(foot->opened, 0);
    kit_pass(10001); /* told by the system, not by a timer */
    assert_int_equal(foot->opened, 1);
}

/* The folder goes with its last device, as /dev/input does, and comes back with the next. */
static void folders_come_and_go(void **state)
{
    char folder[300];
    snprintf(folder, sizeof folder, "%s/deep/down", tmp);
    kit_set("folder", folder);
    kit_set("device", "FootSwitch");
    started();
    for (int i = 0; i < 3; i++) {
        kit_pass(10000 * (2 * i + 1)); /* nothing is looked for meanwhile */
        for (int j = 0; j < KIT_MOST; j++)
            assert_false(kit.watches[j].handle && kit.watches[j].fire);
        assert_int_equal(mkdir(in_tmp("deep"), 0700), 0);
        kit_pass(10000 * (2 * i + 1) + 1);
        assert_int_equal(mkdir(folder, 0700), 0);
        kit_pass(10000 * (2 * i + 1) + 2);
        struct libevdev *foot = plug(FOOT_SWITCH, i % 2 ? "deep/down/event1" : "deep/down/event0");
        kit_pass(10000 * (2 * i + 1) + 3);
        assert_int_equal(foot->opened, 1);
        unplug(foot);
        assert_int_equal(rmdir(folder), 0);
        assert_int_equal(rmdir(in_tmp("deep")), 0);
    }
}

/* Several devices, by parts of their names and by patterns. */
static void devices_are_named_by_patterns(void **state)
{
    struct libevdev *foot = plug(FOOT_SWITCH, "event0");
    struct libevdev *keyboard = plug(KEYBOARD, "event1");
    struct libevdev *headset = plug(HEADSET, "event2");
    kit_set("device", " pcsensor* ;\n*(avrcp)\n;");
    started();
    assert_int_equal(foot->opened, 1);
    assert_int_equal(headset->opened, 1);
    press(foot, 1000, KEY_B);
    press(keyboard, 8000, KEY_NEXTSONG);
    press(headset, 15000, KEY_NEXTSONG);
    assert_said("1000:pause 15000:next");
}

static void rights_that_are_missing_are_told(void **state)
{
    struct libevdev *foot = plug(FOOT_SWITCH, "event0");
    assert_int_equal(chmod(foot->path, 0), 0);
    assert_int_equal(chmod(tmp, 0755), 0);
    bool root = geteuid() == 0;
    if (root)
        assert_int_equal(seteuid(65534), 0);
    enum limber_status status = kit_start();
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(status, LIMBER_FAILED);
    assert_logged("0 the devices in ");
    assert_logged("group input (sudo usermod -aG input $USER)");
}

static void a_host_without_buttons(void **state)
{
    kit.lends_nothing = true;
    assert_int_equal(kit_start(), LIMBER_UNSUPPORTED);
}

/* --- map --- */

static void keys_get_other_meanings(void **state)
{
    struct libevdev *pad =
        plug((struct libevdev){.name = "Pad",
                               .keys = {KEY_F1, KEY_F2, KEY_B, KEY_ENTER, BTN_SOUTH, KEY_F3}},
             "event0");
    kit_set("map", " KEY_F1 = more 25s ;KEY_F2=button,KEY_B=none;; 304=where\n KEY_F3=bad idea ");
    started();
    press(pad, 100, KEY_F1);
    press(pad, 200, KEY_B);
    press(pad, 300, BTN_SOUTH);
    press(pad, 400, KEY_F3);
    press(pad, 500, KEY_F2);
    assert_said("100:more 25s 300:where 400:bad idea 500:pause");
    assert_logged("2 Pad: bad idea");
}

static void maps_that_make_no_sense(void **state)
{
    static const char *const rows[][2] = {
        {"KEY_F1", "write KEY=command, not \"KEY_F1\""},
        {"KEY_NONSENSE=next", "there is no key \"KEY_NONSENSE\""},
        {"=next", "there is no key \"\""},
        {"9999=next", "there is no key \"9999\""},
        {"KEY_F1=", "KEY_F1 needs a command"},
        {"KEY_F1=next; KEY_F2 next", "write KEY=command"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kit_set("map", rows[i][0]);
        kit.logged[0] = '\0';
        assert_int_equal(kit_start(), LIMBER_INVALID);
        assert_logged(rows[i][1]);
    }
}

/* --- recordings --- */

static void write_file(const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(in_tmp(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    kit_set("device", in_tmp(name));
}

static void a_recording_is_a_device(void **state)
{
    static const char text[] = "# EVEMU 1.3\n"
                               "N: PCsensor FootSwitch\n"
                               "I: 0003 0c45 7403 0110\n"
                               "E: 0.100000 0001 0030 0001\t# EV_KEY / KEY_B 1\n"
                               "E: 0.100000 0000 0000 0000\n"
                               "E: 0.150000 0001 0030 0000\r\n"
                               "\n"
                               "E: 0.300000 0001 0030 0001\n"
                               "E: 0.340000 0001 0030 0000\n"
                               "E: 5.000000 0001 0073 0001\n"
                               "E: 5.100000 0001 0073 0000\n"
                               "E: 9.000000 0001 0030 0001\n"
                               "E: 9.700000 0001 0030 0000\n";
    kit.own_stamps = false;
    write_file("press.evemu", text, sizeof text - 1);
    started();
    kit_pass(20000);
    assert_string_equal(kit.said, "100:pause 690:next 690:play 5000:louder 9000:pause 9600:play "
                                  "9600:where");
    assert_logged("2 PCsensor FootSwitch: the recording is over");
}

/* The same as the kernel gives it, with the time of day. */
static void a_binary_recording(void **state)
{
    const int64_t day = INT64_C(1763740000) * 1000;
    const struct input_event events[] = {
        event_at(day + 100, EV_KEY, KEY_B, 1),        event_at(day + 100, EV_SYN, SYN_REPORT, 0),
        event_at(day + 150, EV_KEY, KEY_B, 0),        event_at(day + 300, EV_KEY, KEY_B, 1),
        event_at(day + 340, EV_KEY, KEY_B, 0),        event_at(day + 5000, EV_KEY, KEY_VOLUMEUP, 1),
        event_at(day + 5100, EV_KEY, KEY_VOLUMEUP, 0)};
    kit.own_stamps = false;
    write_file("press.bin", events, sizeof events);
    started();
    kit_pass(20000);
    assert_string_equal(kit.said, "0:pause 590:next 590:play 4900:louder");
}

static void recordings_that_are_none(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *why;
    } rows[] = {
        {"", 0, "has no events in it"},
        {"N: nothing\n", 11, "has no events in it"},
        {"E: x 0001 0030 0001\n", 20, "is not an event"},
        {"E: 1.0 0001 0030\n", 17, "is not an event"},
        {"E: 1.0 0001 0030 0001 7\n", 24, "is not an event"},
        {"E: 99999999999.0 0001 0030 0001\n", 32, "is not an event"},
        {"\0\1\2", 3, "is not a recording"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_file("broken", rows[i].bytes, rows[i].size);
        kit.logged[0] = '\0';
        assert_int_equal(kit_start(), LIMBER_INVALID);
        assert_logged(rows[i].why);
    }
}

static void a_recording_can_be_stopped(void **state)
{
    static const char text[] = "E: 0.1 1 30 1\nE: 0.2 1 30 0\nE: 0.3 1 30 1\nE: 0.3 ffff ffff 9\n"
                               "E: 0.2 1 2ff 1\nE: 50.0 1 30 0\n";
    kit.own_stamps = false;
    write_file("press.evemu", text, sizeof text - 1);
    started();
    kit_pass(350);
    assert_int_equal(kit_stop(), 0);
    assert_string_equal(kit.said, "100:pause 350:next 350:play");
}

int main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_foot_switch_is_the_button),
        TEST(stamps_count_not_reading),
        TEST(keyboards_stay_keyboards),
        TEST(a_device_that_is_named_gives_all_its_keys),
        TEST(a_device_by_path_or_link),
        TEST(a_headset_has_one_button),
        TEST(two_keys_of_the_button_are_one),
        TEST(a_power_key_is_never_grabbed),
        TEST(lost_events_are_made_up_for),
        TEST(a_device_goes_and_comes_back),
        TEST(devices_are_waited_for),
        TEST(folders_come_and_go),
        TEST(devices_are_named_by_patterns),
        TEST(rights_that_are_missing_are_told),
        TEST(a_host_without_buttons),
        TEST(keys_get_other_meanings),
        TEST(maps_that_make_no_sense),
        TEST(a_recording_is_a_device),
        TEST(a_binary_recording),
        TEST(recordings_that_are_none),
        TEST(a_recording_can_be_stopped),
    };
    plugin_file = argc > 1 ? argv[1] : "control-evdev.so";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
