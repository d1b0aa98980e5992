# cml24: GNU make, one file, no recursion into folders.
#
#   make              build/cml24 and the message catalogues
#   make test         unit and flow tests        make demo    see it work
#   make check        what CI runs               make install PREFIX= DESTDIR=
#
# Variants live in folders of their own: SAN=1 in build/san, FUZZ=1 in
# build/fuzz, CC=clang B=build/clang in build/clang.  CI=1 makes warnings
# errors.

VERSION := 0.2.0

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(DATADIR)/man
UNITDIR ?= $(PREFIX)/lib/systemd/system
LOCALEDIR ?= $(DATADIR)/locale
XSDDIR ?= $(DATADIR)/cml24/xsd

JOBS ?= $(shell nproc 2>/dev/null || echo 2)
PYTHON ?= python3
PKG_CONFIG ?= pkg-config
OBJCOPY ?= objcopy

# What these goals need is installed first, when it is missing.
NEEDS := $(filter test crash soak bench demo check fuzz-smoke lint gates, \
    $(MAKECMDGOALS))
ifneq ($(NEEDS),)
ifndef CML24_DEPS_DONE
$(shell scripts/install-deps $(NEEDS) >&2)
ifneq ($(.SHELLSTATUS),0)
$(error scripts/install-deps failed: see above)
endif
export CML24_DEPS_DONE := 1
endif
endif

# V=1 shows the commands.
ifeq ($(V),)
Q := @
say = @printf '  %-6s %s\n' '$1' '$2'
endif

# ---- compiler and flags ------------------------------------------------

ifeq ($(FUZZ),1)
CC := clang
B := build/fuzz
OPT := -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
    -fno-sanitize-recover=all -fno-omit-frame-pointer
else ifeq ($(SAN),1)
B := build/san
OPT := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
    -fno-omit-frame-pointer
else
B ?= build
OPT ?= -O2 -g -D_FORTIFY_SOURCE=3 -fstack-protector-strong
LDHARD := -Wl,-z,relro,-z,now
endif

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
    -Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
    -Wconversion -Wsign-conversion -Wformat=2 -Wvla -Wswitch-enum \
    -Wcast-qual -Wwrite-strings -Wundef -Wimplicit-fallthrough \
    -Wno-overlength-strings
ifeq ($(findstring clang,$(CC)),)
WARN += -Wduplicated-cond -Wlogical-op
endif
ifneq ($(CI),)
WARN += -Werror
endif

LIBS := libxml-2.0 libcurl libzip libcjson sqlite3
# Asked for when first used: the packages may just have been installed.
LIBS_CFLAGS = $(eval LIBS_CFLAGS := $$(shell $(PKG_CONFIG) --cflags \
    $(LIBS)))$(LIBS_CFLAGS)
LIBS_LIBS = $(eval LIBS_LIBS := $$(shell $(PKG_CONFIG) --libs \
    $(LIBS)) -lm)$(LIBS_LIBS)

ALL_CPPFLAGS = -Iconverter -D_POSIX_C_SOURCE=200809L $(LIBS_CFLAGS) \
    $(CPPFLAGS)
ALL_CFLAGS = -std=c11 -pthread $(OPT) -fPIE $(WARN) $(CFLAGS)
ALL_LDFLAGS = -pthread $(OPT) -pie $(LDHARD) $(LDFLAGS)

# ---- what there is -----------------------------------------------------

FOLDERS := base model intake commerceml snapshot mapping bitrix orders \
    report flow
SRCS := $(sort $(foreach f,$(FOLDERS),$(wildcard converter/$(f)/*.c)) \
    $(wildcard converter/*.c))
HEADERS := $(sort $(foreach f,$(FOLDERS),$(wildcard converter/$(f)/*.h)) \
    $(wildcard converter/*.h))
OBJS := $(SRCS:converter/%.c=$(B)/obj/%.o)
MAIN := $(B)/obj/main.o
LIB := $(B)/libcml24.a
PROGRAM := $(B)/cml24
STARTER := $(PROGRAM)-starter

LINGUAS := ru
MOS := $(LINGUAS:%=$(B)/locale/%/LC_MESSAGES/cml24.mo)

UNIT_SRCS := $(sort $(wildcard tests/unit/t_*.c))
UNIT_SHARED := $(sort $(filter-out $(UNIT_SRCS),$(wildcard tests/unit/*.c)))
UNIT := $(UNIT_SRCS:tests/unit/%.c=$(B)/tests/%)
UNIT_OBJS := $(UNIT_SRCS:tests/%.c=$(B)/obj/tests/%.o) \
    $(UNIT_SHARED:tests/%.c=$(B)/obj/tests/%.o)

FUZZ_SRCS := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZERS := $(FUZZ_SRCS:tests/fuzz/%.c=$(B)/fuzz/%)

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all unit test check demo bench crash crash-quick soak fuzz fuzz-smoke fuzz-replay lint \
    gates po install clean FORCE

all: $(PROGRAM) $(MOS)

# ---- program and library -----------------------------------------------

$(PROGRAM): $(MAIN) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS_LIBS) $(LDLIBS)

# The same as a server that starts it, for runners with very many runs.  Never
# older than the program, for then it is not used.
$(B)/obj/tests/starter/main.o: $(MAIN)
	@mkdir -p $(@D)
	$(Q)$(OBJCOPY) --redefine-sym main=cml24_main $< $@

$(STARTER): $(B)/obj/tests/starter/starter.o $(B)/obj/tests/starter/main.o \
    $(LIB) | $(PROGRAM)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS_LIBS) $(LDLIBS)

# Made anew and appended to: two folders may hold files of one name.
$(LIB): $(filter-out $(MAIN),$(OBJS))
	@rm -f $@
	$(call say,AR,$@)
	$(Q)$(AR) qcs $@ $^

$(B)/obj/%.o: converter/%.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/obj/bitrix/bitrix.o: CPPFLAGS += -DCML24_VERSION='"$(VERSION)"'
$(B)/obj/bitrix/bitrix.o: $(B)/paths
$(MAIN): CPPFLAGS += -DCML24_VERSION='"$(VERSION)"' \
    -DCML24_XSD_DIR='"$(XSDDIR)"' -DCML24_LOCALE_DIR='"$(LOCALEDIR)"'
$(MAIN): $(B)/paths

# Changes only when the paths do, so that another PREFIX is noticed.
$(B)/paths: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION) $(XSDDIR) $(LOCALEDIR)' | cmp -s - $@ || \
	    echo '$(VERSION) $(XSDDIR) $(LOCALEDIR)' > $@

# ---- messages ----------------------------------------------------------

$(B)/locale/%/LC_MESSAGES/cml24.mo: converter/po/%.po
	@mkdir -p $(@D)
	$(call say,MO,$@)
	$(Q)msgfmt -c -o $@ $<

# Brings the catalogues up to date with the sources.
po:
	scripts/update-po $(LINGUAS)

# ---- tests -------------------------------------------------------------

unit: $(UNIT)

$(B)/obj/tests/%.o: tests/%.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) -Itests $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/tests/%: $(B)/obj/tests/unit/%.o \
    $(UNIT_SHARED:tests/%.c=$(B)/obj/tests/%.o) $(LIB)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(WRAP_$(@F)) -o $@ $^ \
	    $(LIBS_LIBS) -lcmocka $(LDLIBS)

test: all unit $(STARTER)
	$(PYTHON) tests/run unit $(B)/tests $(if $(SAN),,portal lib) \
	    flow $(PROGRAM) corpus $(PROGRAM) \
	    bounds $(PROGRAM)

crash: all $(STARTER)
	$(PYTHON) tests/run crash $(PROGRAM)

# What CI can afford of it.
crash-quick: all $(STARTER)
	$(PYTHON) tests/run crash-quick $(PROGRAM)

# Random walks: SOAK="--minutes 60 goods".
soak: all $(STARTER)
	$(PYTHON) tests/soak/run.py --program $(PROGRAM) $(SOAK)

bench: all
	$(PYTHON) tests/bench/run.py --program $(PROGRAM) $(BENCH)

demo: all
	scripts/demo $(PROGRAM)

# ---- fuzzing -----------------------------------------------------------

ifeq ($(FUZZ),1)
$(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(LIB)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ \
	    $(LIBS_LIBS) $(LDLIBS)
fuzz: $(FUZZERS)
else
fuzz:
	$(MAKE) -j$(JOBS) FUZZ=1 fuzz
endif

FUZZ_SECONDS ?= 20

fuzz-smoke: fuzz
	$(PYTHON) tests/run fuzz build/fuzz/fuzz $(FUZZ_SECONDS)

# ---- gates -------------------------------------------------------------

gates: all
	$(PYTHON) tests/run gates $(B)

lint:
	scripts/lint $(SRCS)

# Every part adds its numbers to build/counts; the last line sums them up.  For
# CI's 20 minutes a third of the flow cases runs with the sanitizers, and fuzzers
# run for ten seconds; `make SAN=1 test` and `make fuzz-smoke` do more.
check: export CML24_COUNTS := $(CURDIR)/build/counts
check: export CI := 1
check:
	@mkdir -p build && rm -f build/counts
	$(MAKE) -j$(JOBS) all unit
	$(MAKE) -j$(JOBS) SAN=1 all unit
	$(MAKE) -j$(JOBS) CC=clang B=build/clang all unit
	$(MAKE) gates
	$(MAKE) test
	CML24_FLOW_EVERY=3 $(MAKE) SAN=1 test
	$(MAKE) crash-quick
	$(PYTHON) tests/run soak $(PROGRAM)
	$(MAKE) FUZZ_SECONDS=10 fuzz-smoke
	$(MAKE) lint
	@$(PYTHON) tests/run total

# ---- installation ------------------------------------------------------

MANS := $(wildcard docs/*.[1-9])
MANS_RU := $(wildcard docs/ru/*.[1-9])

install: all
	install -d '$(DESTDIR)$(BINDIR)' '$(DESTDIR)$(XSDDIR)' \
	    '$(DESTDIR)$(UNITDIR)' '$(DESTDIR)$(DATADIR)/doc/cml24/ru'
	install -m 755 $(PROGRAM) '$(DESTDIR)$(BINDIR)/cml24'
	install -m 644 $(wildcard xsd/*.xsd) '$(DESTDIR)$(XSDDIR)'
	for page in $(MANS); do \
	    install -D -m 644 $$page '$(DESTDIR)$(MANDIR)/man'$${page##*.}/$${page##*/} \
	    || exit 1; done
	for page in $(MANS_RU); do \
	    install -D -m 644 $$page '$(DESTDIR)$(MANDIR)/ru/man'$${page##*.}/$${page##*/} \
	    || exit 1; done
	for lang in $(LINGUAS); do \
	    install -D -m 644 $(B)/locale/$$lang/LC_MESSAGES/cml24.mo \
	    '$(DESTDIR)$(LOCALEDIR)'/$$lang/LC_MESSAGES/cml24.mo || exit 1; done
	install -m 644 scripts/cml24.timer '$(DESTDIR)$(UNITDIR)'
	sed 's,/usr/local/bin,$(BINDIR),' scripts/cml24.service \
	    > '$(DESTDIR)$(UNITDIR)/cml24.service'
	sed 's,/usr/local/bin,$(BINDIR),' scripts/cml24.cron \
	    > '$(DESTDIR)$(DATADIR)/doc/cml24/cml24.cron'
	install -m 644 README.md README.ru.md docs/OPERATORS.md \
	    exchange/exchange.example.json \
	    exchange/counterparties.example.xml \
	    exchange/orders.example.json docs/ORDERS.md docs/CATALOGUE.md \
	    docs/COUNTERPARTIES.md '$(DESTDIR)$(DATADIR)/doc/cml24'
	install -m 644 docs/ru/OPERATORS.md docs/ru/CATALOGUE.md \
	    docs/ru/ORDERS.md docs/ru/COUNTERPARTIES.md \
	    '$(DESTDIR)$(DATADIR)/doc/cml24/ru'

clean:
	rm -rf build

-include $(OBJS:.o=.d) $(UNIT_OBJS:.o=.d)
-include $(FUZZ_SRCS:tests/fuzz/%.c=$(B)/obj/tests/fuzz/%.d)
