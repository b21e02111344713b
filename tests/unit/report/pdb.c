/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pdb.c - a library with a PDB, as Microsoft's tools make them: stacks_test.c asks for names in it. */
int _fltused;

__declspec(noinline) static int LeafOfPdb(int Value) { return Value * 3 + 1; /* the line of the leaf */ }

__declspec(dllexport) int EntryOfPdb(int Value)
{
    volatile char Buffer[64];
    Buffer[Value & 63] = 1;
    return LeafOfPdb(Value) + Buffer[3] + LeafOfPdb(Buffer[1]);
}
