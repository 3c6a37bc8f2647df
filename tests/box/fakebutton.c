/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fakebutton.c: preloaded into a program (LD_PRELOAD), it makes each FIFO that the program opens a
 * button with one key, KEY_PLAYPAUSE, for machines without /dev/uinput. Only the kernel's answers
 * are pretended: libevdev and the plugin that uses it are the real ones, and what is written into
 * the FIFO (struct input_event) is what they read. */
#include <dlfcn.h>
#include <linux/input.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define NAME "Test button"

__attribute__((visibility("default"))) int ioctl(int fd, unsigned long request, ...);

static void set_bit(unsigned char *bits, size_t size, unsigned bit)
{
    if (bit / 8 < size)
        bits[bit / 8] |= (unsigned char)(1u << bit % 8);
}

/* What the kernel would write into `to`. Returns the ioctl's result. */
static int answer(unsigned number, unsigned char *to, size_t size)
{
    memset(to, 0, size);
    if (number == _IOC_NR(EVIOCGBIT(0, 0))) {
        set_bit(to, size, EV_SYN);
        set_bit(to, size, EV_KEY);
    } else if (number == _IOC_NR(EVIOCGBIT(EV_KEY, 0))) {
        set_bit(to, size, KEY_PLAYPAUSE);
    } else if (number == _IOC_NR(EVIOCGNAME(0)) && size >= sizeof NAME) {
        memcpy(to, NAME, sizeof NAME);
        return sizeof NAME;
    } else if (number == _IOC_NR(EVIOCGVERSION) && size == sizeof(int)) {
        memcpy(to, &(int){EV_VERSION}, sizeof(int));
        return 0;
    }
    return (int)size;
}

int ioctl(int fd, unsigned long request, ...)
{
    int (*real)(int, unsigned long, ...);
    *(void **)&real = dlsym(RTLD_NEXT, "ioctl");
    struct stat about;
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    if (_IOC_TYPE(request) != 'E' || fstat(fd, &about) != 0 || !S_ISFIFO(about.st_mode))
        return real(fd, request, argument);
    return _IOC_DIR(request) & _IOC_READ ? answer(_IOC_NR(request), argument, _IOC_SIZE(request))
                                         : 0;
}
